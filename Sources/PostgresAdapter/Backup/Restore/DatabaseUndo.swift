// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Finds out whether the database that was there before a restore can have its name again, and which names that takes.
struct DatabaseUndo: Sendable {
    let connection: PostgresConnection
    let names: SwapNames
    /// The databases of the server.
    let there: Set<String>

    /// Whether something is in the place that the database had.
    var isReplaced: Bool { there.contains(names.database) }
    /// What is in its place is called so afterwards: no database that was kept is in the way.
    var undone: String { names.free(names.undone, among: there) }

    /// Why there is nothing to bring back; `nil` where there is.
    var nothing: String? {
        guard !there.contains(names.before) else { return nil }
        let earlier = names.numbered(names.before, among: there)
        let kept =
            earlier.isEmpty
            ? "" : " What earlier restores of it kept is still there: \(earlier.joined(separator: ", "))."
        return "there is no database \(names.before): nothing of the set \(names.set) can be undone.\(kept)"
    }

    /// - Throws: ``PostgresBackupError`` of category `refused` when the databases cannot be renamed.
    func check() async throws {
        let databases = (isReplaced ? [names.database] : []) + [names.before]
        let foreign = try await foreign(databases)
        guard foreign.isEmpty else {
            throw PostgresBackupError(
                .refused,
                """
                this role may not rename \(foreign.joined(separator: " and ")): undo the restore as the owner of the database, who has to be \
                allowed to create databases (CREATEDB), or as a superuser.
                """)
        }
        let sessions = DatabaseSessions(connection: connection, databases: databases)
        try await sessions.requireNoPrepared()
        try await sessions.requireEndable()
    }

    /// Renaming takes the owner, who may create databases.
    private func foreign(_ databases: [String]) async throws -> [String] {
        let list = databases.map(SQLLiteral.string).joined(separator: ", ")
        return try await connection.query(
            """
            SELECT datname::text FROM pg_database, pg_roles WHERE rolname = current_user AND datname IN (\(list))
                AND NOT rolsuper AND NOT (rolcreatedb AND pg_has_role(datdba, 'USAGE')) ORDER BY 1
            """
        ).compactMap(\.[0])
    }

    /// Gives the databases their names.
    ///
    /// - Returns: What was done, a sentence each.
    func perform(_ swap: DatabaseSwap) async throws -> [String] {
        let undone = undone
        try await swap.rename((isReplaced ? [(names.database, undone)] : []) + [(names.before, names.database)])
        return [
            "\(names.database) is what it was before \(names.set) was restored",
            isReplaced
                ? "what had been restored is kept as \(undone)" : "what had been restored was not there any more",
        ]
    }
}
