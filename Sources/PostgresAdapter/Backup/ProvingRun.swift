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
        try await makeDatabase(connection, observe: observe)
        let hasRoles = try await makeRoles(settings)
        let restore = DumpRestore(
            part: part, details: details, program: program, settings: settings, launcher: launcher,
            // Tablespaces are folders of another machine.
            arguments: ["--no-tablespaces"] + (hasRoles ? [] : ["--no-owner", "--no-privileges"]))
        if let failure = try await restore.run(into: Self.database, observe: observe) {
            try await requireServer(connection, after: failure)
            // The server is empty, the right one, and ours: what it refuses is the dump's fault.
            return RestoreProof(
                compared: [], differences: ["\(details.dump) cannot be restored: \(failure)"], serverVersion: version)
        }
        let restored = try await PostgresConnection.open(server.configuration.replacing(database: Self.database))
        defer { Task { await restored.close() } }
        var proof = try await restore.compare(restored)
        proof.serverVersion = version
        return proof
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

    /// With the locale of the database where this machine has it, else with that of plain bytes: rows are the same in both.
    private func makeDatabase(
        _ connection: PostgresConnection, observe: @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let properties = DatabaseProperties(connection: connection)
        do {
            try await properties.create(Self.database, details)
        } catch let error as PostgresError where error.code == .statementFailed {
            let reason = error.serverMessage?.message ?? ""
            observe(.notice("this machine does not have the locale \(details.collation); the proof uses C: \(reason)"))
            var plain = details
            (plain.collation, plain.characterType, plain.localeProvider) = ("C", "C", "libc")
            try await properties.create(Self.database, plain)
        }
    }

    /// Makes the roles that owners, privileges and policies name: without them the dump would be proven only in part.
    ///
    /// What cannot be made, the superuser that is there already and tablespaces in folders that are not, is left out; where a role is missing in
    /// the end, `pg_restore` says so.
    ///
    /// - Returns: Whether the set has them.
    private func makeRoles(_ settings: ClientSettings) async throws -> Bool {
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
