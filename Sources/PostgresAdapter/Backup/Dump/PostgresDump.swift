// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One call of `pg_dump`.
struct PostgresDump: Sendable {
    /// Where it goes, within the set.
    let path: String
    /// For people: `zlib 1`, `zstd 3`, `none`.
    let compression: String
    /// What `--compress` gets.
    private let argument: String
    private let program: PostgresProgram
    private let settings: ClientSettings
    private let options: PostgresBackupTarget.Options
    private let launcher: any ProcessLauncher

    /// Where a dump is written to.
    enum Output: Sendable {
        case file(any ArtifactWriter)
        case folder(String)
    }

    /// What one call is about.
    struct Job: Sendable {
        /// The number of the exported snapshot.
        let snapshot: String
        let tables: [PostgresCatalog.Table]
        let output: Output
        let gate: DumpGate
    }

    var isFolder: Bool { options.jobs > 1 }

    init(
        program: PostgresProgram, settings: ClientSettings, options: PostgresBackupTarget.Options,
        launcher: any ProcessLauncher, database: String
    ) async throws {
        self.program = program
        self.settings = settings
        self.options = options
        self.launcher = launcher
        let method = try await Self.method(options.compression, program, launcher: launcher)
        compression = method.name
        argument = method.argument
        var path = "postgres_\(Self.fileName(database)).dump"
        if case .zstd = options.compression { path += Zstandard.suffix }
        self.path = path
    }

    private static func method(
        _ compression: PostgresBackupTarget.Compression, _ program: PostgresProgram, launcher: any ProcessLauncher
    ) async throws -> (name: String, argument: String) {
        switch compression {
        case .none: return ("none", "0")
        case .zstd(let level): return ("zstd \(Zstandard.allowed(level))", "0")
        case .zlib(let level):
            let level = min(max(level, 1), 9)
            return ("zlib \(level)", "\(level)")
        case .automatic:
            let isBuiltIn = try await hasZstandard(program, launcher: launcher)
            return isBuiltIn ? ("zstd 3", "zstd:3") : ("zlib 1", "1")
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

    private func arguments(_ job: Job) -> [String] {
        var arguments = [
            "--dbname=\(settings.connectionString())", "--snapshot=\(job.snapshot)", "--compress=\(argument)",
            "--verbose",
            "--no-password",
        ]
        if let timeout = options.lockWaitTimeout {
            arguments.append("--lock-wait-timeout=\(SQLLiteral.milliseconds(timeout).filter(\.isNumber))")
        }
        return arguments
    }

    /// Makes the file or folder that it goes to.
    func makeOutput(in destination: any BackupDestination) async throws -> Output {
        if isFolder { return .folder(try await destination.makeFolder(path)) }
        return .file(try await destination.makeFile(path))
    }

    /// Dumps.
    ///
    /// - Returns: What `pg_dump` warned of.
    /// - Throws: ``PostgresBackupError`` of category `store` when `pg_dump` did not end well, or what it wrote cannot be whole; what
    ///   the destination throws.
    func run(_ job: Job, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        let sizes = Dictionary(job.tables.map { ($0.label, $0.bytes) }) { first, _ in first }
        let progress = DumpProgress(phase: "dumping", .tables(sizes), observe: observe)
        let messages = ProgramMessages()
        let hear: @Sendable (String) -> Void = { line in
            messages.add(line)
            progress.read(line)
            job.gate.read(line)
        }
        switch job.output {
        case .folder(let folder):
            // Syncing is done by whoever publishes the set.
            let format = ["--format=directory", "--jobs=\(options.jobs)", "--file=\(folder)", "--no-sync"]
            try await run(format + arguments(job), output: nil, messages, hear)
            // It has ended, which it does not before it has read which tables there are.
            job.gate.isLocked.give()
        case .file(let file):
            let writer = GatedWriter(next: file, gate: job.gate)
            if case .zstd(let level) = options.compression {
                try await runCompressed(job, level: level, to: writer, progress, messages, hear)
            } else {
                let sink = CustomFormatSink(writer, progress: progress)
                try await run(["--format=custom"] + arguments(job), output: sink, messages, hear)
                try await sink.flush()
                try requireEnd(of: sink, job)
            }
            try await writer.finish()
        }
        return messages.warnings.map { "pg_dump: \(settings.withoutSecret($0))" }
    }

    private func requireEnd(of sink: CustomFormatSink, _ job: Job) throws {
        if let problem = sink.problem(withData: !job.tables.isEmpty) { throw PostgresBackupError(.store, problem) }
    }

    private func command(_ arguments: [String], _ environment: [String: String]) -> ProcessCommand {
        ProcessCommand(program: program.path, arguments: arguments, environment: environment)
    }

    /// Through `zstd`. What `pg_dump` writes passes us on its way, so the ends of both streams are seen.
    private func runCompressed(
        _ job: Job, level: Int, to writer: any ArtifactWriter, _ progress: DumpProgress, _ messages: ProgramMessages,
        _ hear: @escaping @Sendable (String) -> Void
    ) async throws {
        let zstandard = try Zstandard.find(launcher, to: "write \(path)")
        let pipe = BytePipe()
        let plain = CustomFormatSink(pipe, progress: progress)
        let compressed = ZstandardSink(writer)
        let said = ProgramMessages()
        let ends = try await settings.withEnvironment(options.environment) { environment in
            let pair = ProgramPair(
                first: command(["--format=custom"] + arguments(job), environment),
                second: Zstandard.compress(level: level, with: zstandard))
            return try await pair.run(
                launcher: launcher, pipe: pipe, intake: plain, flush: plain.flush, output: compressed,
                firstMessage: hear, secondMessage: { said.add($0) })
        }
        if let end = ends.first, !end.isSuccess { throw failure(end, messages) }
        guard ends.areSuccess else {
            let end = ends.second.map(\.description) ?? "it was stopped"
            throw PostgresBackupError(.store, "zstd failed (\(end)), so the dump is not whole: \(said.reason)")
        }
        try requireEnd(of: plain, job)
        if let problem = compressed.problem { throw PostgresBackupError(.store, problem) }
    }

    private func run(
        _ arguments: [String], output: (any ByteSink)?, _ messages: ProgramMessages,
        _ hear: @escaping @Sendable (String) -> Void
    ) async throws {
        let end = try await settings.withEnvironment(options.environment) { environment in
            try await launcher.run(command(arguments, environment), output: output, message: hear)
        }
        try Task.checkCancellation()
        if !end.isSuccess { throw failure(end, messages) }
    }

    private func failure(_ end: ProcessEnd, _ messages: ProgramMessages) -> PostgresBackupError {
        DumpFailure(end: end, reason: settings.withoutSecret(messages.reason), isFolder: isFolder).error
    }
}
