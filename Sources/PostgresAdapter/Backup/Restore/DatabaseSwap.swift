// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Renames databases in one transaction: after a crash at any moment all have their new names, or none, and nothing has to be
/// cleaned up.
///
/// A database with sessions cannot be renamed. They are ended, and should some come back in between, it is tried again; no
/// database is closed for that, because after a crash somebody would have to open it again.
struct DatabaseSwap: Sendable {
    let connection: PostgresConnection
    /// Makes another connection to the database that the first one is connected to.
    let reconnect: @Sendable () async throws -> PostgresConnection
    /// How often it is asked for the outcome, a second apart: a server that crashed has to start again.
    let questions: Int

    typealias Pair = (old: String, new: String)

    /// How often sessions are ended before it gives up.
    private static let attempts = 50

    /// Gives databases other names, in that order.
    ///
    /// - Throws: ``PostgresBackupError``; every database has its old name then, unless its category is `uncertain`.
    func rename(_ pairs: [Pair]) async throws {
        let sessions = DatabaseSessions(connection: connection, databases: pairs.map(\.old))
        do {
            try await sessions.requireNoPrepared()
            try await rename(pairs, sessions)
        } catch let error as PostgresError where error.code == .connectionLost {
            guard try await areRenamed(pairs, after: error) else {
                throw PostgresBackupError(.store, "\(error.message)\nthe databases are as they were. Run again.")
            }
        }
    }

    private func rename(_ pairs: [Pair], _ sessions: DatabaseSessions) async throws {
        let renames = pairs.map {
            "ALTER DATABASE \(SQLLiteral.identifier($0.old)) RENAME TO \(SQLLiteral.identifier($0.new));"
        }
        var failure: PostgresError?
        for _ in 0..<Self.attempts {
            do {
                // Sessions that come back in between have a moment only. PostgreSQL itself waits up to five seconds for those
                // that were ended.
                try await sessions.end()
                // Where synchronous_commit is off, a crash just after this would take the answer back.
                try await connection.query(
                    "BEGIN; SET LOCAL synchronous_commit = on; \(renames.joined(separator: " ")) COMMIT")
                return
            } catch let error as PostgresError where error.code == .statementFailed {
                failure = error
                try await connection.query("ROLLBACK")
                guard error.serverMessage?.sqlState == SQLState.objectInUse else { break }
                try await sessions.requireEndable()
                try await sessions.requireNoPrepared()
            }
        }
        throw PostgresBackupError(
            .store,
            """
            the databases could not be renamed and are as they were: \(failure?.message ?? "no reason was given"). Stop what keeps \
            connecting, and run again.
            """)
    }

    /// Finds out how a transaction ended whose connection was lost.
    private func areRenamed(_ pairs: [Pair], after loss: PostgresError) async throws -> Bool {
        for question in 0..<questions {
            if question > 0 { try? await Task.sleep(for: .seconds(1)) }
            if let answer = try? await answer(pairs) { return answer }
        }
        let names = pairs.map { "\($0.old) to \($0.new)" }.joined(separator: ", ")
        throw PostgresBackupError(
            .uncertain,
            """
            \(loss.message)
            whether these databases were renamed is not known, because the server does not answer any more: \(names). All of them were, or \
            none. When it runs again, psql --list shows the names.
            """)
    }

    /// - Returns: `nil` as long as the lost session may still be at it.
    private func answer(_ pairs: [Pair]) async throws -> Bool? {
        let other = try await reconnect()
        do {
            // It had the lock of the restore, and has it to its end.
            let isThere =
                try await other.query(
                    """
                    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                    WHERE locktype = 'advisory' AND pid = \(connection.serverProcess) AND backend_start < \
                    (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
                    """
                ).first?.first != "0"
            let there = try await other.query("SELECT datname::text FROM pg_database").compactMap(\.[0])
            await other.close()
            // The first old name can be a new one too.
            let isDone = pairs.last.map { there.contains($0.new) && !there.contains($0.old) } ?? false
            return isThere ? nil : isDone
        } catch {
            await other.close()
            throw error
        }
    }
}
