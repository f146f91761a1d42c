// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

extension PostgresSession {
    public func unfinished() async throws -> [UnfinishedMigration] {
        guard try await journalExists() else { return [] }
        return try await connection.query(JournalTable(history: table).selectProgress).compactMap { row in
            guard row.count == 4, let component = row[0], let version = row[1].flatMap({ MigrationVersion($0) }),
                let done = row[2].flatMap({ Int($0) }), let total = row[3].flatMap({ Int($0) })
            else { return nil }
            return UnfinishedMigration(
                id: MigrationID(component: Component(component), version: version), done: done, total: total)
        }
    }

    /// Notes what a person found out about a statement whose outcome is unknown. Requires the lock.
    ///
    /// - Parameters:
    ///   - id: The migration.
    ///   - statement: The number of the statement in its file, from 1.
    ///   - isDone: Whether it was done; otherwise it is executed again.
    /// - Returns: Whether the journal had such a statement.
    public func resolve(_ id: MigrationID, statement: Int, isDone: Bool) async throws -> Bool {
        guard try await journalExists() else { return false }
        let sql = JournalTable(history: table).resolve(id, statement: statement, state: isDone ? .done : .redo)
        return try await !connection.query(sql).isEmpty
    }
}
