// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a database's history of migrations says.
enum HistoryReading: Sendable {
    /// The newest version of each component; none where there is no history.
    case versions([MigrationID])
    /// There is a table of that name, of another application: the backup is no worse for it.
    case foreign(reason: String)

    /// Reads it, in the connection's transaction, which goes on in every case.
    init(of table: HistoryTable, _ connection: PostgresConnection) async throws {
        let end = "ROLLBACK TO SAVEPOINT strata_history; RELEASE SAVEPOINT strata_history"
        try await connection.query("SAVEPOINT strata_history")
        do {
            self = .versions(try await PostgresCatalog.newestVersions(table, connection))
        } catch let error as PostgresError {
            guard let message = error.serverMessage, message.isOfContents else { throw error }
            self = .foreign(reason: message.message)
        }
        try await connection.query(end)
    }
}
