// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Drops a database that a restore built, whatever is in it and whoever is connected to it: a `pg_restore` that outlived us.
struct DatabaseDrop: Sendable {
    let connection: PostgresConnection
    let configuration: PostgresConfiguration

    private static let attempts = 10

    /// - Throws: When it is still there.
    func drop(_ name: String) async throws {
        var failure: (any Error)?
        do { try await removeSubscriptions(of: name) } catch { failure = error }
        // Not WITH (FORCE), which fails for roles that may not end autovacuum; a plain DROP ends that itself.
        for _ in 0..<Self.attempts {
            do {
                try await DatabaseSessions(connection: connection, databases: [name]).end()
                try await connection.query("DROP DATABASE IF EXISTS \(SQLLiteral.identifier(name))")
                return
            } catch let error as PostgresError where error.serverMessage?.sqlState == SQLState.objectInUse {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// A database with subscriptions cannot be dropped. They are let go of without a word to the publisher, whose slots belong to the
    /// database that was saved.
    private func removeSubscriptions(of name: String) async throws {
        let some = try await connection.query(
            """
            SELECT 1 FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = \(SQLLiteral.string(name)) LIMIT 1
            """)
        guard !some.isEmpty else { return }
        let own = try await PostgresConnection.open(configuration.replacing(database: name))
        do {
            try await own.query("SET default_transaction_read_only = off")
            let subscriptions = try await own.query(
                """
                SELECT subname::text FROM pg_subscription
                WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            ).compactMap(\.[0])
            for subscription in subscriptions.map(SQLLiteral.identifier) {
                try await own.query("ALTER SUBSCRIPTION \(subscription) DISABLE")
                try await own.query("ALTER SUBSCRIPTION \(subscription) SET (slot_name = NONE)")
                try await own.query("DROP SUBSCRIPTION \(subscription)")
            }
            await own.close()
        } catch {
            await own.close()
            throw error
        }
    }
}
