// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The dump of a set, as `pg_restore` sees it.
struct DumpFile: Sendable {
    /// Its absolute path.
    let location: String
    /// Whether the set lists it.
    let isThere: Bool
    private let details: PostgresDetails
    private let artifacts: [StoredArtifact]
    private let program: PostgresProgram
    private let launcher: any ProcessLauncher
    /// Decompresses a file that `pg_restore` cannot read by itself.
    private let zstandard: String?

    /// - Throws: ``PostgresBackupError`` of category `configuration` when a program is not there that is needed to read it.
    init(
        _ part: StoredPart, _ details: PostgresDetails, program: PostgresProgram, launcher: any ProcessLauncher
    ) throws {
        self.details = details
        artifacts = part.artifacts
        self.program = program
        self.launcher = launcher
        location = "\(part.folder)/\(details.dump)"
        isThere = Self.isThere(part, details)
        zstandard = details.isZstandard ? try Zstandard.find(launcher, to: "read \(details.dump)") : nil
    }

    static func isThere(_ part: StoredPart, _ details: PostgresDetails) -> Bool {
        part.artifacts.contains { belongs($0.path, to: details) }
    }

    /// - Throws: ``PostgresBackupError`` of category `damaged` when the metadata name a dump that is no part of the set.
    static func requireThere(_ part: StoredPart, _ details: PostgresDetails) throws {
        guard !isThere(part, details) else { return }
        throw PostgresBackupError(
            .damaged, "\(details.dump), which the metadata of \(part.set) name, is no part of the set")
    }

    /// Whether an artifact is the dump, or one of the files in its folder.
    static func belongs(_ path: String, to details: PostgresDetails) -> Bool {
        path.utf8.elementsEqual(details.dump.utf8)
            || details.format == "directory" && path.utf8.starts(with: "\(details.dump)/".utf8)
    }

    /// Runs `pg_restore` over it.
    ///
    /// - Parameters:
    ///   - arguments: What `pg_restore` gets beside the file.
    ///   - mayStopEarly: Whether it need not read all of it.
    ///   - progress: Told how far it is.
    /// - Returns: Why it did not end well; `nil` when it did.
    func read(
        _ arguments: [String], environment: [String: String] = ["LC_ALL": "C"], output: (any ByteSink)? = nil,
        mayStopEarly: Bool = false, progress: DumpProgress? = nil
    ) async throws -> ReadingFailure? {
        let messages = ProgramMessages()
        let hear: @Sendable (String) -> Void = { line in
            messages.add(line)
            progress?.read(line)
        }
        // Where it cannot be opened, the program says why.
        let bytes = progress.flatMap { isFolder ? nil : DumpBytes(location, progress: $0) }
        var restore = ProcessCommand(program: program.path, arguments: arguments, environment: environment)
        guard let zstandard else {
            if bytes == nil { restore.arguments.append(location) }
            let end = try await launcher.run(restore, input: bytes, output: output, message: hear)
            try Task.checkCancellation()
            return end.isSuccess ? nil : ReadingFailure("pg_restore", end, messages.reason)
        }
        let said = ProgramMessages()
        let pair = ProgramPair(
            first: Zstandard.decompress(bytes == nil ? location : nil, with: zstandard), second: restore,
            mayStopEarly: mayStopEarly)
        let ends = try await pair.run(
            launcher: launcher, input: bytes, output: output, firstMessage: { said.add($0) }, secondMessage: hear)
        if let end = ends.first, !end.isSuccess { return ReadingFailure("zstd", end, said.reason) }
        guard let end = ends.second, end.isSuccess else {
            return ReadingFailure("pg_restore", ends.second ?? .exited(1), messages.reason)
        }
        return nil
    }

    /// Reads all of it, data included.
    ///
    /// - Returns: What `pg_restore` has against it, with the dump's path.
    /// - Throws: When it cannot be found out.
    func unreadable(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        let progress = try await progress("reading", observe: observe)
        let failure = try await read(["--exit-on-error", "--verbose", "--file=/dev/null"], progress: progress)
        guard let failure else { return [] }
        try failure.throwUnlessDamage("whether \(details.dump) can be read")
        return ["\(details.dump) cannot be read: \(failure)"]
    }

    private var isFolder: Bool { details.format == "directory" }

    /// Tells how far `pg_restore` is that reads all of it.
    func progress(
        _ phase: String, tellsBuilding: Bool = false, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> DumpProgress {
        let measure: DumpProgress.Measure
        if isFolder {
            measure = .tables(try await tableSizes())
        } else {
            let bytes = artifacts.first { Self.belongs($0.path, to: details) }?.bytes ?? 0
            measure = .file(bytes, tables: details.tables.count)
        }
        return DumpProgress(phase: phase, measure, tellsBuilding: tellsBuilding, observe: observe)
    }

    /// How long the file of each table is, in a folder: its name is the number of the entry in the table of contents (`3342.dat.gz`).
    private func tableSizes() async throws -> [String: Int64] {
        let names = Dictionary(details.tables.map { (Self.label($0)[...], $0.joined(separator: ".")) }) { $1 }
        let files = Dictionary(
            artifacts.compactMap { artifact in
                artifact.path.split(separator: "/").last.map { ($0.prefix { $0 != "." }, artifact.bytes) }
            }
        ) { $1 }
        var sizes = Dictionary(names.values.map { ($0, Int64(0)) }) { $1 }
        // What is wrong with it is told by whoever reads it.
        for line in try await contents().list.split(separator: UInt8(ascii: "\n")) {
            let number = String(decoding: line.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let bytes = files[number[...]] else { continue }
            for label in Self.labels(of: line, kind: "TABLE DATA") {
                if let name = names[label] { sizes[name] = bytes }
            }
        }
        return sizes
    }

    /// Its table of contents, as `pg_restore --list` writes it; or why that cannot be had.
    func contents() async throws -> (list: [UInt8], failure: ReadingFailure?) {
        let contents = TextSink(limit: 256 << 20)
        let failure = try await read(["--list"], output: contents, mayStopEarly: true)
        return (Array(contents.text.utf8), failure)
    }

    /// The tables that were in the database and are not in the dump: an empty dump can be read without an error.
    func missingTables() async throws -> [String] {
        let (list, failure) = try await contents()
        if let failure {
            try failure.throwUnlessDamage("what \(details.dump) holds")
            return ["\(details.dump) has no readable contents: \(failure)"]
        }
        let labels = Set(list.split(separator: UInt8(ascii: "\n")).flatMap { Self.labels(of: $0, kind: "TABLE DATA") })
        return details.tables.compactMap { table -> String? in
            guard !labels.contains(Self.label(table)[...]) else { return nil }
            return "\(details.dump) has no rows of table \(table.joined(separator: ".")), which the database had"
        }
    }

    private static let blank = UInt8(ascii: " ")

    /// What a line of a table of contents can stand for, when it is of a kind.
    ///
    /// `3342; 0 16384 TABLE DATA public users owner`: the owner's name stands behind the table's, and all can have blanks.
    static func labels(of line: ArraySlice<UInt8>, kind: String) -> [ArraySlice<UInt8>] {
        guard let entry = line.split(separator: Array(" \(kind) ".utf8), maxSplits: 1).dropFirst().first else {
            return []
        }
        return entry.indices.filter { entry[$0] == blank }.map { entry[..<$0] }
    }

    /// The name of a table or view with its schema's, as it stands in a table of contents.
    static func label(_ name: [String]) -> [UInt8] { Array(name.map(oneLine).joined(separator: [blank])) }

    /// `pg_restore` writes the end of a line in a name as a blank (`sanitize_line`).
    private static func oneLine(_ name: String) -> [UInt8] {
        name.utf8.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? blank : $0 }
    }
}
