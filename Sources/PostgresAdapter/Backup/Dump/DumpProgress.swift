// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// How far `pg_dump` or `pg_restore` is, from what it says with `--verbose` and from what passes.
final class DumpProgress: Sendable {
    /// What the bytes are that are counted.
    enum Measure: Sendable {
        /// Of each table, by its schema and name as `pg_dump` writes them. What a dump is going to take nobody knows, so that the sizes on the
        /// server's disk have to do.
        case tables([String: Int64])
        /// Of a file, which is read from its beginning to its end.
        case file(Int64, tables: Int)
    }

    private struct State {
        var begun: Set<String> = []
        var current: String?
        var bytesBefore: Int64 = 0
        /// Of the current table; or of the whole file.
        var bytes: Int64 = 0
        var told: Int64 = 0
    }

    private let phase: String
    private let sizes: [String: Int64]
    private let tables: Int
    private let total: Int64
    private let isFile: Bool
    private let tellsBuilding: Bool
    private let observe: @Sendable (BackupTargetEvent) -> Void
    private let state = Mutex(State())

    /// How many bytes pass from one report to the next.
    private let step: Int64

    /// - Parameter tellsBuilding: Whether what follows the rows is told, too: indexes and constraints, which take long.
    init(
        phase: String, _ measure: Measure, tellsBuilding: Bool = false,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) {
        self.phase = phase
        self.tellsBuilding = tellsBuilding
        self.observe = observe
        switch measure {
        case .tables(let sizes):
            (self.sizes, tables, isFile, step) = (sizes, sizes.count, false, 4 << 20)
            total = sizes.values.reduce(0, +)
        case .file(let bytes, let tables):
            (sizes, self.tables, isFile, step, total) = ([:], tables, true, 1 << 20, bytes)
        }
    }

    /// Takes a line of the program's standard error.
    func read(_ line: String) {
        if let name = Self.table(in: line) { return begin(name) }
        guard tellsBuilding, let name = Self.building(in: line) else { return }
        observe(.progress(BackupProgress(phase: "building", object: name)))
    }

    /// A table's turn has come.
    func begin(_ name: String) {
        let report = state.withLock { state -> BackupProgress? in
            guard state.begun.insert(name).inserted else { return nil }
            if let current = state.current { state.bytesBefore += sizes[current] ?? 0 }
            state.current = name
            if !isFile { state.bytes = 0 }
            return makeReport(state)
        }
        if let report { observe(.progress(report)) }
    }

    /// Takes how many bytes were written or read.
    func add(_ count: Int) {
        let report = state.withLock { state -> BackupProgress? in
            state.bytes += Int64(count)
            guard state.bytes - state.told >= step || state.bytes < state.told else { return nil }
            state.told = state.bytes
            return makeReport(state)
        }
        if let report { observe(.progress(report)) }
    }

    private func makeReport(_ state: State) -> BackupProgress {
        let most = isFile ? total : state.current.flatMap { sizes[$0] } ?? 0
        return BackupProgress(
            phase: phase, object: state.current, bytes: state.bytesBefore + min(state.bytes, most), totalBytes: total,
            isExact: isFile,
            objects: tables == 0 ? nil : .init(max(0, state.begun.count - 1), of: max(tables, state.begun.count)))
    }

    /// `pg_dump: dumping contents of table "public.users"`, `pg_restore: processing data for table "public.users"`
    static func table(in line: String) -> String? {
        name(in: line, after: ["dumping contents of table \"", "processing data for table \""])
    }

    /// `pg_restore: creating INDEX "public.users_name_idx"`
    static func building(in line: String) -> String? {
        name(in: line, after: ["creating INDEX \"", "creating CONSTRAINT \"", "creating FK CONSTRAINT \""])
    }

    private static func name(in line: String, after marks: [String]) -> String? {
        for mark in marks {
            guard let start = line.ranges(of: mark).first?.upperBound, line.hasSuffix("\"") else { continue }
            return String(line[start...].dropLast())
        }
        return nil
    }
}
