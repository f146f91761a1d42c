// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One call of `pg_dump`.
struct PostgresDump: Sendable {
    /// Where it goes, within the set.
    let path: String
    /// What `--compress` got.
    let compression: String
    private let program: PostgresProgram
    private let settings: ClientSettings
    private let options: PostgresBackupTarget.Options
    private let launcher: any ProcessLauncher
    private let snapshot: String
    private let tables: [PostgresCatalog.Table]

    var isFolder: Bool { options.jobs > 1 }

    init(
        program: PostgresProgram, settings: ClientSettings, options: PostgresBackupTarget.Options,
        launcher: any ProcessLauncher, database: String, snapshot: String, tables: [PostgresCatalog.Table]
    ) async throws {
        self.program = program
        self.settings = settings
        self.options = options
        self.launcher = launcher
        self.snapshot = snapshot
        self.tables = tables
        path = "postgres_\(Self.fileName(database)).dump"
        compression =
            switch options.compression {
            case .zlib(let level): String(min(max(level, 1), 9))
            case .none: "0"
            case .automatic: try await Self.hasZstandard(program, launcher: launcher) ? "zstd:3" : "1"
            }
    }

    /// The name of a database as part of a file's name: what some file system refuses is written as `%` and its bytes.
    static func fileName(_ database: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var name = String.UnicodeScalarView()
        for scalar in database.unicodeScalars {
            let isKept =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "_-.".unicodeScalars.contains(scalar)
            if isKept {
                name.append(scalar)
            } else {
                for byte in String(scalar).utf8 { name += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            }
        }
        return String(name)
    }

    /// `pg_dump` looks at this before it connects, and connecting fails in any case.
    private static func hasZstandard(
        _ program: PostgresProgram, launcher: any ProcessLauncher
    ) async throws -> Bool {
        guard program.major >= 16 else { return false }
        let messages = ProgramMessages()
        let probe = ProcessCommand(
            program: program.path,
            arguments: ["--format=custom", "--compress=zstd:3", "--dbname=host=/nonexistent connect_timeout=2"],
            environment: ["LC_ALL": "C", "PGPASSFILE": "/dev/null"])
        _ = try await launcher.run(probe, output: TextSink(limit: 0)) { messages.add($0) }
        return !messages.reason.contains("compression")
    }

    private var arguments: [String] {
        var arguments = [
            "--dbname=\(settings.connectionString())", "--snapshot=\(snapshot)", "--compress=\(compression)",
            "--verbose",
            "--no-password",
        ]
        if let timeout = options.lockWaitTimeout {
            arguments.append("--lock-wait-timeout=\(SQLLiteral.milliseconds(timeout).filter(\.isNumber))")
        }
        return arguments
    }

    /// Dumps.
    ///
    /// - Throws: ``PostgresBackupError`` of category `store` when `pg_dump` did not end well, or what it wrote cannot be whole; what
    ///   the destination throws.
    func run(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let sizes = Dictionary(tables.map { ($0.label, $0.bytes) }) { first, _ in first }
        let progress = DumpProgress(phase: "dumping", sizes: sizes, observe: observe)
        guard !isFolder else {
            let folder = try await destination.makeFolder(path)
            // Syncing is done by whoever publishes the set.
            let format = ["--format=directory", "--jobs=\(options.jobs)", "--file=\(folder)", "--no-sync"]
            return try await run(format + arguments, output: nil, progress: progress)
        }
        let writer = try await destination.makeFile(path)
        let sink = CustomFormatSink(writer, progress: progress)
        try await run(["--format=custom"] + arguments, output: sink, progress: progress)
        if let problem = sink.problem(withData: !tables.isEmpty) { throw PostgresBackupError(.store, problem) }
        try await writer.finish()
    }

    private func run(_ arguments: [String], output: (any ByteSink)?, progress: DumpProgress) async throws {
        let command = ProcessCommand(
            program: program.path, arguments: arguments,
            environment: options.environment.merging(settings.environment) { $1 })
        let messages = ProgramMessages()
        let end = try await launcher.run(command, output: output) { line in
            messages.add(line)
            progress.read(line)
        }
        try Task.checkCancellation()
        guard end.isSuccess else {
            // pg_dump waits for locks with a statement_timeout.
            let waited = messages.reason.contains("statement timeout") && messages.reason.contains("LOCK TABLE")
            let advice = waited ? ". Somebody held that table for longer than the lock wait timeout allows" : ""
            throw PostgresBackupError(
                .store, "pg_dump failed (\(end)): \(settings.withoutSecret(messages.reason))\(advice)")
        }
    }
}
