// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Restores a PostgreSQL database beside the one that is there, and lets the two change places when it is verified.
public struct PostgresRestoreTarget: RestoreTarget {
    public var store: StoreName { .postgres }
    public let address: String

    let configuration: PostgresConfiguration
    let launcher: any ProcessLauncher
    let programs: String?
    let maintenanceDatabase: String?
    /// See ``DatabaseSwap/questions``.
    var outcomeQuestions = 30

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - configuration: The database that is restored. Its role has to own the database and to be able to create others; what
    ///     belongs to other roles only a superuser can restore.
    ///   - launcher: Starts `pg_restore`.
    ///   - programs: The folder of PostgreSQL's programs; `nil`: the ones that fit the dump are looked for.
    ///   - maintenanceDatabase: Another database of the server, from which databases are renamed: nobody can rename the one that he is
    ///     connected to. `nil`: `postgres`, or where that cannot be used `template1`. One restore of a database runs at a time, as long as
    ///     all use the same maintenance database.
    public init(
        _ configuration: PostgresConfiguration, launcher: any ProcessLauncher, programs: String? = nil,
        maintenanceDatabase: String? = nil
    ) {
        self.configuration = configuration
        self.launcher = launcher
        self.programs = programs
        self.maintenanceDatabase = maintenanceDatabase
        address = configuration.address
    }

    public func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> PostgresRestoreSession {
        let details = try PostgresDetails(part)
        try DumpFile.requireThere(part, details)
        let connection = try await open()
        do {
            return try await PostgresBackupError.telling("restoring PostgreSQL at \(connection.endpoint)") {
                try await openSession(part, details, options: options, connection)
            }
        } catch {
            await connection.close()
            throw error
        }
    }

    private func openSession(
        _ part: StoredPart, _ details: PostgresDetails, options: RestoreOptions, _ connection: PostgresConnection
    ) async throws -> PostgresRestoreSession {
        let saved = part.snapshot.serverVersion ?? details.programVersion
        let major = Int(saved.prefix { $0.isNumber }) ?? 0
        let version = try await connection.query("SHOW server_version").first?.first.flatMap(\.self) ?? ""
        guard connection.serverVersion / 10000 >= major else {
            throw PostgresBackupError(
                .refused,
                """
                the set \(part.set) is of PostgreSQL \(saved), and the server is \(version): a dump of a newer server cannot \
                be relied on there. Restore into PostgreSQL \(major) or newer.
                """)
        }
        let program = try await PostgresProgram.find(
            "pg_restore", atLeast: details.programMajor, folder: programs,
            purpose: "\(details.dump) was written by pg_dump \(details.programVersion)", launcher: launcher)
        let settings = try await connection.clientSettings()
        try settings.requireNoSecretKey(for: "pg_restore")
        let database = try database(connection)
        try Self.check(into: options.into)
        let names = SwapNames(database: options.into ?? database, set: part.set)
        try await RestoreLock(database: names.database).take(connection, configuration)
        let there = try await databases(connection)
        if let into = options.into, there.contains(into) {
            throw PostgresBackupError(.refused, "there is a database \(into) already; choose another name.")
        }
        // A database that is restored under another name has the properties of the old one, but replaces nothing.
        let model = there.contains(database) ? database : nil
        let replaced = options.into == nil ? model : nil
        // What an earlier restore kept stays, under another name: the newest is the one that is brought back.
        let displaced = replaced != nil && there.contains(names.before) ? names.free(names.before, among: there) : nil
        let findings = try await RestorePreflight(
            connection: connection, details: details, model: model, replaced: replaced,
            displaced: displaced == nil ? nil : names.before
        ).check()
        let restore = DumpRestore(
            part: part, details: details, program: program, settings: settings, launcher: launcher,
            sessionSettings: findings.overrides)
        return PostgresRestoreSession(
            restore, configuration: configuration, maintenance: connection,
            .init(
                names: names, model: model, replaced: replaced, displaced: displaced,
                hasLeftOver: there.contains(names.replacement), findings: findings),
            outcomeQuestions: outcomeQuestions)
    }

    /// PostgreSQL would cut a longer name off without an error.
    private static func check(into name: String?) throws {
        guard let name else { return }
        guard !name.isEmpty else {
            throw PostgresBackupError(.refused, "the database to restore into has no name: give one, or leave it out.")
        }
        guard name.utf8.count <= SwapNames.limit else {
            throw PostgresBackupError(
                .refused,
                "names of databases have at most \(SwapNames.limit) bytes, and \(name) has \(name.utf8.count): choose a shorter one."
            )
        }
    }

    private func databases(_ connection: PostgresConnection) async throws -> Set<String> {
        Set(try await connection.query("SELECT datname::text FROM pg_database").compactMap { $0.first ?? nil })
    }

    public func undoState(set: String) async throws -> UndoState {
        try await undoing(set) { undo, _ in
            if let reason = undo.nothing { return .nothing(reason: reason) }
            try await undo.check()
            return .possible
        }
    }

    /// Brings the database back that was there before a set was restored. The restored one stays as `<database>_undone_<set>`, with a number
    /// where that name is taken.
    public func undo(
        set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        try await undoing(set) { undo, connection in
            if let reason = undo.nothing { throw PostgresBackupError(.refused, reason) }
            let swap = DatabaseSwap(
                connection: connection, reconnect: reconnect(connection), questions: outcomeQuestions)
            return try await undo.perform(swap)
        }
    }

    /// Runs a body that has the restores of the database for itself.
    private func undoing<Result: Sendable>(
        _ set: String, _ body: @Sendable (DatabaseUndo, PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open()
        do {
            let result = try await PostgresBackupError.telling("undoing a restore at \(connection.endpoint)") {
                let names = SwapNames(database: try database(connection), set: set)
                try await RestoreLock(database: names.database).take(connection, configuration)
                let undo = DatabaseUndo(connection: connection, names: names, there: try await databases(connection))
                return try await body(undo, connection)
            }
            await Self.release(connection)
            return result
        } catch {
            await Self.release(connection)
            throw error
        }
    }

    /// Ends a session. The server notices only a moment later that it has gone, and what comes next needs its lock.
    static func release(_ connection: PostgresConnection) async {
        _ = try? await connection.query("SELECT pg_advisory_unlock_all()")
        await connection.close()
    }

    private func open() async throws -> PostgresConnection {
        try await PostgresBackupError.telling("restoring PostgreSQL") {
            try await Self.settle(try await openMaintenance())
        }
    }

    /// Connects to a maintenance database once more.
    static func open(_ configuration: PostgresConfiguration, database: String) async throws -> PostgresConnection {
        try await settle(try await PostgresConnection.open(configuration.replacing(database: database)))
    }

    private static func settle(_ connection: PostgresConnection) async throws -> PostgresConnection {
        do {
            try await connection.query(settings)
            if connection.serverVersion >= 140_000 { try await connection.query("SET idle_session_timeout = 0") }
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Connects to the first database that can be used for it.
    private func openMaintenance() async throws -> PostgresConnection {
        var candidates: [String] = ["postgres", "template1"].filter { $0 != configuration.databaseName }
        if let maintenanceDatabase { candidates = [maintenanceDatabase] }
        var refusal: PostgresError?
        for candidate in candidates {
            do {
                return try await PostgresConnection.open(configuration.replacing(database: candidate))
            } catch let error as PostgresError where error.isOfDatabase {
                refusal = refusal ?? error
            }
        }
        // The same for every database: that is about the role.
        if let refusal, refusal.serverMessage?.sqlState == SQLState.invalidAuthorization { throw refusal }
        throw PostgresBackupError(
            .configuration,
            """
            databases are renamed from another one, and \(candidates.joined(separator: " or ")) cannot be used for that: \
            \(refusal?.serverMessage?.message ?? "no reason was given"). Let the role connect to it, or name another maintenance database \
            (--maintenance-database).
            """)
    }

    private func reconnect(_ connection: PostgresConnection) -> @Sendable () async throws -> PostgresConnection {
        { try await Self.open(configuration, database: connection.endpoint.database) }
    }

    /// The session waits idle while rows are restored, and copying a database of one's own takes the time it takes.
    private static let settings = """
        SET statement_timeout = 0; SET lock_timeout = 0; SET default_transaction_read_only = off; SET search_path = pg_catalog
        """

    /// The name of the database that the settings lead to, which need not be there.
    private func database(_ maintenance: PostgresConnection) throws -> String {
        guard let name = configuration.databaseName else {
            throw PostgresBackupError(
                .configuration, "the connection settings do not tell which database is to be restored: name it in them."
            )
        }
        guard name != maintenance.endpoint.database else {
            throw PostgresBackupError(
                .refused,
                "databases are renamed from \(name), which can therefore not be replaced itself; name another one.")
        }
        return name
    }
}

extension PostgresError {
    /// Whether the server refused a database, and not us: it is not there, or takes nobody, or not this role.
    fileprivate var isOfDatabase: Bool {
        let states = [
            SQLState.undefinedDatabase, SQLState.insufficientPrivilege, SQLState.invalidAuthorization,
            SQLState.notInPrerequisiteState,
        ]
        return code == .connectionFailed && (serverMessage?.sqlState.map(states.contains) ?? false)
    }
}
