// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One restore for proof, on a server that is stopped afterwards.
struct ProvingRun<Server: ProvingServer>: Sendable {
    let part: StoredPart
    let details: PostgresDetails
    let major: Int
    let server: Server
    let launcher: any ProcessLauncher

    private static var database: String { "strata_proof" }

    func perform(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> RestoreProof {
        let connection = try await PostgresConnection.open(server.configuration)
        defer { Task { await connection.close() } }
        let version = try await connection.query("SHOW server_version").first?.first.flatMap(\.self) ?? ""
        guard connection.serverVersion / 10000 >= major else {
            throw PostgresBackupError(
                .configuration,
                """
                the dump is of PostgreSQL \(major), and the newest server that can be started here is \(version): install \
                PostgreSQL \(major) or newer.
                """)
        }
        try await requireExtensions(connection, version: version)
        let program = try await PostgresProgram.find(
            "pg_restore", atLeast: details.programMajor, folder: server.programs,
            purpose: "\(details.dump) was written by pg_dump \(details.programVersion)", launcher: launcher)
        let settings = try await connection.clientSettings()
        try DumpFile.requireThere(part, details)
        let lacks = try await makeDatabase(connection, observe: observe)
        let hasRoles = try await makeRoles(settings, connection)
        let restore = DumpRestore(
            part: part, details: details, program: program, settings: settings, launcher: launcher,
            // Tablespaces are folders of another machine.
            arguments: ["--no-tablespaces"] + (hasRoles ? [] : ["--no-owner", "--no-privileges"]))
        if let failure = try await fill(restore, observe: observe) {
            try await requireServer(connection, after: failure)
            try requireNothing(of: lacks, for: failure.description)
            // The server is empty, the right one, and ours: what it refuses is the dump's fault.
            return RestoreProof(
                compared: [], differences: ["\(details.dump) cannot be restored: \(failure)"], serverVersion: version)
        }
        let restored = try await PostgresConnection.open(server.configuration.replacing(database: Self.database))
        defer { Task { await restored.close() } }
        var proof = try await restore.compare(restored, observe: observe)
        proof.serverVersion = version
        if !proof.differences.isEmpty {
            try requireNothing(of: lacks, for: proof.differences.joined(separator: "; "))
        }
        return proof
    }

    /// - Throws: When something is not as it was where the dump was made, which may be why it came out otherwise.
    private func requireNothing(of lacks: [String], for outcome: String) throws {
        guard !lacks.isEmpty else { return }
        throw ReadingFailure.unknown(
            question, "\(lacks.joined(separator: "; ")). With that, \(outcome)", .configuration)
    }

    /// Restores all of it. Other servers, which the database may read from, are asked for nothing: no store of anybody's is touched by a
    /// proof.
    private func fill(
        _ restore: DumpRestore, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> ReadingFailure? {
        let file = try DumpFile(part, details, program: restore.program, launcher: launcher)
        let (list, failure) = try await file.contents()
        if let failure { return failure }
        guard ForeignServers.areNamed(in: list) else {
            return try await restore.run(into: Self.database, observe: observe)
        }
        let definitions = restore.with(["--section=pre-data"])
        if let failure = try await definitions.run(into: Self.database, observe: observe) { return failure }
        let connection = try await PostgresConnection.open(server.configuration.replacing(database: Self.database))
        defer { Task { await connection.close() } }
        let views = try await ForeignServers.cutOff(connection)
        if !views.isEmpty {
            let names = views.map { $0.joined(separator: ".") }.joined(separator: ", ")
            observe(.notice("other servers are not asked for a proof, so these stay empty in it: \(names)"))
        }
        guard let rest = ShortLivedFile(ForeignServers.list(list, without: views)) else {
            throw ReadingFailure.unknown(question, "there is no room for a temporary file", .destination)
        }
        let result = try await restore.with(["--section=data", "--section=post-data", "--use-list=\(rest.path)"])
            .run(into: Self.database, observe: observe)
        withExtendedLifetime(rest) {}
        return result
    }

    private var question: String { "whether \(details.dump) can be restored" }

    /// - Throws: When something else than the dump is to blame, a server that is not there any more among that.
    private func requireServer(_ connection: PostgresConnection, after failure: ReadingFailure) async throws {
        try failure.throwUnlessDamage(question)
        do {
            try await connection.query("SELECT 1")
        } catch {
            try Task.checkCancellation()
            throw ReadingFailure.unknown(question, "the throw-away server ended: \(failure)")
        }
    }

    private func requireExtensions(_ connection: PostgresConnection, version: String) async throws {
        let there = Set(
            try await connection.query("SELECT name::text FROM pg_available_extensions").compactMap { $0.first ?? nil })
        let missing = details.extensions.filter { !there.contains($0) }
        guard missing.isEmpty else {
            throw PostgresBackupError(
                .configuration,
                """
                \(question) cannot be found out here: the database uses \
                \(missing.joined(separator: ", ")), which PostgreSQL \(version) in \(server.programs) does not have. Install what \
                is missing.
                """)
        }
    }

    /// With locale and settings of the database that was saved, as far as this machine has them. Rows are the same in the locale C; what is computed
    /// from them may not be.
    ///
    /// - Returns: What could not be had.
    private func makeDatabase(
        _ connection: PostgresConnection, observe: @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        var lacks: [String] = []
        let properties = DatabaseProperties(connection: connection)
        do {
            try await properties.create(Self.database, details)
        } catch let error as PostgresError where Self.isOfLocale(error) {
            let name = details.localeProvider == "libc" ? details.collation : details.locale
            let reason = error.serverMessage?.message ?? ""
            observe(.notice("this machine does not have the locale \(name); the proof uses C: \(reason)"))
            lacks.append(
                "this machine does not have the locale \(name) (\(reason)), so the proof used C: make it (Debian, Ubuntu: locale-gen)"
            )
            var plain = details
            (plain.collation, plain.characterType, plain.localeProvider) = ("C", "C", "libc")
            try await properties.create(Self.database, plain)
        }
        lacks += details.secretSettings.map {
            "the setting \($0) of the database looks like a secret and is in the dump alone"
        }
        for setting in details.traits?.settings ?? [] where setting.isForRestoring {
            guard let statement = setting.statement(for: Self.database) else { continue }
            do {
                try await connection.query(statement)
            } catch let error as PostgresError where error.code == .statementFailed {
                lacks.append("the setting \(setting.name) of the database cannot be made here: \(error.message)")
            }
        }
        return lacks
    }

    /// Whether a database was not made because its locale is not there: an invalid name, one that does not fit the encoding, a server
    /// without ICU.
    private static func isOfLocale(_ error: PostgresError) -> Bool {
        guard let message = error.serverMessage, let sqlState = message.sqlState else { return false }
        let isPossible = ["42809", "22023", "0A000", "XX000"].contains(sqlState)
        return isPossible && ["locale", "LC_C", "ICU", "collator"].contains { message.message.contains($0) }
    }

    /// Makes the roles that owners, privileges and policies name: without them the dump would be proven only in part.
    ///
    /// What cannot be made of the globals, tablespaces in folders that are not there among that, is left out.
    ///
    /// - Returns: Whether all are there, as far as is known.
    private func makeRoles(_ settings: ClientSettings, _ connection: PostgresConnection) async throws -> Bool {
        let hasGlobals = try await runGlobals(settings)
        let there = Set(
            try await connection.query("SELECT rolname::text FROM pg_roles").compactMap { $0[0].map(ExactName.init) })
        for role in details.needs?.roles ?? [] where !there.contains(ExactName(role)) {
            // Whose rights nobody knows gets all of them: some objects have to belong to a superuser.
            try await connection.query("CREATE ROLE \(SQLLiteral.identifier(role)) SUPERUSER")
        }
        return hasGlobals || details.needs?.roles.isEmpty == false
    }

    /// - Returns: Whether the set has globals.
    private func runGlobals(_ settings: ClientSettings) async throws -> Bool {
        guard let globals = details.globals, part.artifacts.contains(where: { $0.path == globals }) else {
            return false
        }
        let messages = ProgramMessages()
        let end = try await settings.withEnvironment { environment in
            let command = ProcessCommand(
                program: "\(server.programs)/psql",
                arguments: [
                    "--no-psqlrc", "--quiet", "--no-password", "--file=\(part.folder)/\(globals)",
                    "--dbname=\(settings.connectionString())",
                ], environment: environment)
            return try await launcher.run(command, output: nil) { messages.add($0) }
        }
        try Task.checkCancellation()
        guard end.isSuccess else {
            throw ReadingFailure.unknown(question, "psql could not run \(globals) (\(end)): \(messages.reason)")
        }
        return true
    }
}
