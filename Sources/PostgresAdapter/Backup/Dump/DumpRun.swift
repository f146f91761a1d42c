// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One saving of a database, over a connection that holds its snapshot.
struct DumpRun: Sendable {
    let target: PostgresBackupTarget
    let connection: PostgresConnection
    let destination: any BackupDestination
    let observe: @Sendable (BackupTargetEvent) -> Void

    private var options: PostgresBackupTarget.Options { target.options }

    /// How often a snapshot is taken, before what somebody is waiting to change goes without a digest.
    private static let attempts = 4

    func perform() async throws -> StoreSnapshot {
        let major = connection.serverVersion / 10000
        let program = try await PostgresProgram.find(
            "pg_dump", atLeast: major, folder: options.programs,
            purpose: "the server at \(connection.endpoint.host) is PostgreSQL \(major)", launcher: target.launcher)
        let settings = try await connection.clientSettings()
        try settings.requireNoSecretKey(for: "pg_dump")
        let dump = try await PostgresDump(
            program: program, settings: settings, options: options, launcher: target.launcher,
            database: connection.endpoint.database)
        var saved = try await save(dump)
        saved.details.programVersion = program.version
        if options.globals {
            saved.details.globals = PostgresGlobals.path
            try await PostgresGlobals(
                program: program.sibling("pg_dumpall"), settings: settings, launcher: target.launcher,
                withPasswords: options.rolePasswords && saved.snapshot.isSuperuser, environment: options.environment
            ).run(database: connection.endpoint.database, to: destination)
        }
        try await connection.query("COMMIT")
        return StoreSnapshot(
            serverVersion: saved.snapshot.serverVersion, takenAt: saved.snapshot.takenAt,
            schemaVersions: saved.versions, details: saved.details.values, warnings: warnings(saved),
            instructions: PostgresManual(details: saved.details, serverVersion: saved.snapshot.serverVersion).text)
    }

    /// Begins anew, with another snapshot, while somebody waits to change a table that we would have to wait for.
    private func save(_ dump: PostgresDump) async throws -> SnapshotReading {
        let output = try await dump.makeOutput(in: destination)
        var attempt = 1
        while true {
            do {
                // What pg_dump has written into a folder by itself cannot be taken back.
                let isLast = attempt == Self.attempts || dump.isFolder
                return try await SnapshotReader(
                    connection: connection, options: options, dump: dump, output: output, isLast: isLast,
                    observe: observe
                ).read()
            } catch is TableHold.Contended {
                observe(.waiting("a table is about to be changed: that goes first, then the backup begins anew"))
                try await connection.query("ROLLBACK")
                try await Task.sleep(for: .milliseconds(100 * attempt))
                attempt += 1
            }
        }
    }

    private func warnings(_ saved: SnapshotReading) -> [String] {
        var warnings = saved.warnings
        let secrets = saved.details.secretSettings
        if !secrets.isEmpty {
            warnings.append(
                """
                what \(secrets.joined(separator: ", ")) of the database is set to looks like a secret and is in the dump alone: a restore beside \
                the old database takes it from there, and pg_restore --create from the dump
                """)
        }
        if !options.globals { warnings.append("roles and tablespaces were left out") }
        if options.globals && !saved.snapshot.isSuperuser {
            warnings.append("the passwords of roles were left out: only a superuser can read them")
        }
        return warnings
    }
}
