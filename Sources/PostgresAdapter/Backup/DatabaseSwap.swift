// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Renames databases in one transaction: after a crash at any moment all have their new names, or none, and nothing has to be
/// cleaned up.
///
/// A database with sessions cannot be renamed. They are ended, and should some come back in between, it is tried again; no
/// database is closed for that, because after a crash somebody would have to open it again.
struct DatabaseSwap: Sendable {
    let connection: PostgresConnection

    /// How often sessions are ended before it gives up.
    private static let attempts = 50

    /// Gives databases other names, in that order.
    ///
    /// - Throws: ``PostgresBackupError`` of category `store`; every database has its old name then, unless it says otherwise.
    func rename(_ pairs: [(old: String, new: String)]) async throws {
        let renames = pairs.map {
            "ALTER DATABASE \(SQLLiteral.identifier($0.old)) RENAME TO \(SQLLiteral.identifier($0.new));"
        }
        let ends = pairs.map {
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = \(SQLLiteral.string($0.old)) AND pid <> pg_backend_pid();
            """
        }
        var failure: PostgresError?
        for _ in 0..<Self.attempts {
            do {
                // One message: sessions that come back between its parts have a moment only. PostgreSQL itself waits up to five
                // seconds for those that were ended.
                try await connection.query(ends.joined())
                // Where synchronous_commit is off, a crash just after this would take the answer back.
                try await connection.query(
                    "BEGIN; SET LOCAL synchronous_commit = on; \(renames.joined(separator: " ")) COMMIT")
                return
            } catch let error as PostgresError where error.code == .statementFailed {
                failure = error
                try await connection.query("ROLLBACK")
                guard error.serverMessage?.sqlState == SQLState.objectInUse else { break }
            }
        }
        throw PostgresBackupError(
            .store,
            """
            the databases could not be renamed and are as they were: \(failure?.message ?? "no reason was given"). Stop what keeps \
            connecting, and run again.
            """)
    }
}
