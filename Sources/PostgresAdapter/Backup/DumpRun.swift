// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One saving of a database, over a connection that holds its snapshot.
struct DumpRun: Sendable {
    let target: PostgresBackupTarget
    let connection: PostgresConnection
    let destination: any BackupDestination
    let observe: @Sendable (BackupTargetEvent) -> Void

    private var options: PostgresBackupTarget.Options { target.options }

    func perform() async throws -> StoreSnapshot {
        let major = connection.serverVersion / 10000
        let program = try await PostgresProgram.find(
            "pg_dump", atLeast: major, folder: options.programs,
            purpose: "the server at \(connection.endpoint.host) is PostgreSQL \(major)", launcher: target.launcher)
        let settings = try await connection.clientSettings()
        try settings.requireNoSecretKey(for: "pg_dump")
        try await PostgresCatalog.begin(connection, lockTimeout: options.lockWaitTimeout)
        let snapshot = try await readSnapshot()
        let tables = try await PostgresCatalog.tables(connection)
        var details = try await PostgresDetails(reading: connection, database: connection.endpoint.database)
        details.programVersion = program.version
        details.tables = tables.map { [$0.schema, $0.name] }
        (details.historySchema, details.historyTable) = (options.historyTable.schema, options.historyTable.name)
        if options.digest { try await hold(tables) }
        let dump = try await PostgresDump(
            program: program, settings: settings, options: options, launcher: target.launcher,
            database: connection.endpoint.database, snapshot: snapshot.id, tables: tables)
        details.dump = dump.path
        details.format = dump.isFolder ? "directory" : "custom"
        details.compression = dump.compression
        details.digests = try await write(dump, tables)
        let versions = try await PostgresCatalog.newestVersions(options.historyTable, connection)
        if options.globals {
            details.globals = PostgresGlobals.path
            try await PostgresGlobals(
                program: program.sibling("pg_dumpall"), settings: settings, launcher: target.launcher,
                withPasswords: options.rolePasswords && snapshot.isSuperuser, environment: options.environment
            ).run(database: connection.endpoint.database, to: destination)
        }
        try await connection.query("COMMIT")
        return StoreSnapshot(
            serverVersion: snapshot.serverVersion, takenAt: snapshot.takenAt, schemaVersions: versions,
            details: details.values, warnings: warnings(isSuperuser: snapshot.isSuperuser),
            instructions: PostgresManual(details: details, serverVersion: snapshot.serverVersion).text)
    }

    /// Dumps, and reads digests where they are wanted. Both at once: they read the same rows, and the second finds them in the
    /// server's memory.
    ///
    /// What fails first ends the other, and is the cause: without our transaction there is no snapshot for `pg_dump`.
    private func write(_ dump: PostgresDump, _ tables: [PostgresCatalog.Table]) async throws -> [TableDigest]? {
        try await withThrowingTaskGroup(of: [TableDigest]?.self) { group in
            group.addTask {
                try await dump.run(to: destination, observe: observe)
                return nil
            }
            if options.digest { group.addTask { try await TableDigest.read(tables, connection) } }
            var digests: [TableDigest]?
            for try await result in group { digests = result ?? digests }
            return digests
        }
    }

    private struct Snapshot {
        var id: String
        var takenAt: String
        var serverVersion: String
        var isSuperuser: Bool
    }

    /// The first statement of the transaction: with it the snapshot is taken.
    private func readSnapshot() async throws -> Snapshot {
        let row =
            try await connection.query(
                """
                SELECT pg_export_snapshot(), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), \
                current_setting('server_version'), current_setting('is_superuser')
                """
            ).first?.compactMap(\.self) ?? []
        guard row.count == 4 else { throw PostgresBackupError(.store, "the server exported no snapshot") }
        let version = row[2].split(separator: " ").first.map(String.init) ?? row[2]
        return Snapshot(id: row[0], takenAt: row[1], serverVersion: version, isSuperuser: row[3] == "on")
    }

    /// Keeps tables from being emptied or rewritten until both readers are done: that is seen in older snapshots too.
    private func hold(_ tables: [PostgresCatalog.Table]) async throws {
        guard !tables.isEmpty else { return }
        try await connection.query(
            "LOCK TABLE ONLY \(tables.map(\.sql).joined(separator: ", ONLY ")) IN ACCESS SHARE MODE")
    }

    private func warnings(isSuperuser: Bool) -> [String] {
        var warnings: [String] = []
        if !options.globals { warnings.append("roles and tablespaces were left out") }
        if options.globals && !isSuperuser {
            warnings.append("the passwords of roles were left out: only a superuser can read them")
        }
        return warnings
    }
}

extension PostgresDetails {
    /// Asks a database what it is.
    init(reading connection: PostgresConnection, database: String) async throws {
        self.init()
        self.database = database
        let provider = DatabaseProperties.localeColumns(connection.serverVersion)
        let row =
            try await connection.query(
                """
                SELECT pg_encoding_to_char(encoding), datcollate, datctype,
                    array_to_json(ARRAY(SELECT extname::text FROM pg_extension ORDER BY 1))::text,
                    CASE \(provider.provider) WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END, \(provider.locale),
                    \(provider.rules)
                FROM pg_database WHERE datname = current_database()
                """
            ).first?.map { $0 ?? "" } ?? []
        guard row.count == 7 else {
            throw PostgresBackupError(.store, "the database \(database) is not there any more")
        }
        (encoding, collation, characterType) = (row[0], row[1], row[2])
        extensions = JSONStrings.parse(row[3])
        (localeProvider, locale, localeRules) = (row[4], row[5], row[6])
        traits = try await DatabaseTraits(of: database, connection)
        needs = try await DumpNeeds(reading: connection)
    }
}
