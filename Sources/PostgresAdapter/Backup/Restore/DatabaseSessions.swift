// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What keeps databases from being renamed or dropped.
struct DatabaseSessions: Sendable {
    let connection: PostgresConnection
    let databases: [String]

    private var names: String { databases.map(SQLLiteral.string).joined(separator: ", ") }

    /// Autovacuum, which has no role, goes away by itself, and nobody but a superuser could end it.
    private var others: String {
        """
        FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
        WHERE a.datname IN (\(names)) AND a.pid <> pg_backend_pid()
        """
    }

    private static let isAllowed = """
        (current_setting('is_superuser') = 'on' OR NOT r.rolsuper
            AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')))
        """

    /// Ends the sessions that this role may end.
    func end() async throws {
        try await connection.query("SELECT pg_terminate_backend(a.pid) \(others) AND \(Self.isAllowed)")
    }

    /// - Throws: ``PostgresBackupError`` of category `refused` when there are sessions that this role may not end.
    func requireEndable() async throws {
        let rows = try await connection.query(
            """
            SELECT r.rolname || ' (process ' || string_agg(a.pid::text, ', ' ORDER BY a.pid) || ')', bool_or(r.rolsuper), current_user
            \(others) AND NOT \(Self.isAllowed) GROUP BY r.rolname ORDER BY 1
            """)
        guard !rows.isEmpty else { return }
        let isSuperuser = rows.contains { $0[1] == "t" }
        let who = SQLLiteral.identifier(rows[0][2] ?? "")
        throw PostgresBackupError(
            .refused,
            """
            a database with sessions cannot be renamed, and this role may not end those of \(rows.compactMap(\.[0]).joined(separator: ", ")) \
            in \(databases.joined(separator: ", ")). End them, \
            \(isSuperuser ? "or restore as a superuser." : "or let a superuser say GRANT pg_signal_backend TO \(who).")
            """)
    }

    /// - Throws: ``PostgresBackupError`` of category `refused` when there are transactions that wait for `COMMIT PREPARED`: they belong to
    ///   no session, and a database that has some cannot be renamed.
    func requireNoPrepared() async throws {
        let prepared = try await connection.query(
            "SELECT gid, database FROM pg_prepared_xacts WHERE database IN (\(names)) ORDER BY 1")
        guard let database = prepared.first?[1] else { return }
        throw PostgresBackupError(
            .refused,
            """
            the database \(database) has prepared transactions, with which it cannot be renamed: \
            \(prepared.compactMap(\.[0]).joined(separator: ", ")). Connect to it and finish each with COMMIT PREPARED or ROLLBACK \
            PREPARED, or stop what prepares them.
            """)
    }
}
