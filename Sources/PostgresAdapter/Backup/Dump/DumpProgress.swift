// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// How far `pg_dump` or `pg_restore` is, from what it says with `--verbose` and from the sizes of the tables.
///
/// The sum is what the tables take on the server's disk: what is written is compressed, and nobody knows by how much.
final class DumpProgress: Sendable {
    private struct State {
        var begun: Set<String> = []
        var current: String?
        var bytesBefore: Int64 = 0
        var bytesOfCurrent: Int64 = 0
        var told: Int64 = 0
    }

    private let phase: String
    /// What each table takes, by its schema and name as `pg_dump` writes them.
    private let sizes: [String: Int64]
    private let total: Int64
    private let observe: @Sendable (BackupTargetEvent) -> Void
    private let state = Mutex(State())

    /// How many bytes pass from one report to the next.
    private static let step: Int64 = 4 << 20

    init(phase: String, sizes: [String: Int64], observe: @escaping @Sendable (BackupTargetEvent) -> Void) {
        self.phase = phase
        self.sizes = sizes
        total = sizes.values.reduce(0, +)
        self.observe = observe
    }

    /// Takes a line of the program's standard error.
    func read(_ line: String) {
        guard let name = Self.table(in: line) else { return }
        let report = state.withLock { state -> BackupProgress? in
            guard state.begun.insert(name).inserted else { return nil }
            if let current = state.current { state.bytesBefore += sizes[current] ?? 0 }
            state.current = name
            state.bytesOfCurrent = 0
            return makeReport(state)
        }
        if let report { observe(.progress(report)) }
    }

    /// Takes how many bytes were written.
    func add(_ count: Int) {
        let report = state.withLock { state -> BackupProgress? in
            state.bytesOfCurrent += Int64(count)
            guard state.bytesOfCurrent - state.told >= Self.step || state.bytesOfCurrent < state.told else {
                return nil
            }
            state.told = state.bytesOfCurrent
            return makeReport(state)
        }
        if let report { observe(.progress(report)) }
    }

    private func makeReport(_ state: State) -> BackupProgress {
        let inside = min(state.bytesOfCurrent, state.current.flatMap { sizes[$0] } ?? 0)
        return BackupProgress(
            phase: phase, object: state.current, bytes: state.bytesBefore + inside, totalBytes: total,
            objects: sizes.isEmpty ? nil : .init(max(0, state.begun.count - 1), of: max(sizes.count, state.begun.count))
        )
    }

    /// `pg_dump: dumping contents of table "public.users"`, `pg_restore: processing data for table "public.users"`
    static func table(in line: String) -> String? {
        for mark in ["dumping contents of table \"", "processing data for table \""] {
            guard let start = line.ranges(of: mark).first?.upperBound, line.hasSuffix("\"") else { continue }
            return String(line[start...].dropLast())
        }
        return nil
    }
}
