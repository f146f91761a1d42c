// SPDX-License-Identifier: Apache-2.0

/// Finds out whether a pooler gives this connection a process of the server to itself.
///
/// A pooler hands out numbers of its own for cancel requests, so libpq's number is not the server's. One in session mode keeps a
/// process for each connection; one in transaction mode takes any that is free, and a lock that a session holds then belongs to
/// whoever comes next. No answer of a pooler tells which it is, so it is tried out.
struct PoolerCheck {
    private static let patience = Duration.seconds(5)
    /// On a busy pooler the first connection can happen to get the same process again and again, a time in four or so.
    private static let rounds = 20
    private static let ask = "SELECT pg_backend_pid()"

    let connection: PostgresConnection
    let configuration: PostgresConfiguration

    /// The number of the server's process that is ours alone.
    ///
    /// While the first connection does nothing, a second one begins a transaction: in transaction mode it gets the process that
    /// the first one had, or, where other clients interfere, the first one gets another process than before. Nothing of that
    /// happens in session mode.
    ///
    /// - Throws: ``PostgresError/Code/pooler`` when it is not ours alone, or that cannot be found out.
    func ownProcess() async throws -> Int32 {
        let own = try await connection.query(Self.ask).first?.first ?? nil
        let second: PostgresConnection
        do {
            second = try await PostgresConnection.open(
                configuration.pinned(to: connection, applicationName: configuration.applicationName))
        } catch let error as PostgresError where error.code != .cancelled {
            throw refusal("which mode it has cannot be found out without a second connection: \(error.message)")
        }
        let isOwn: Bool
        do {
            isOwn = try await isOurs(own, second)
        } catch {
            await second.close()
            throw error
        }
        await second.close()
        guard isOwn, let own = own.flatMap({ Int32($0) }) else {
            throw refusal("a lock of ours would belong to whoever uses the process of the server next")
        }
        return own
    }

    private func isOurs(_ own: String?, _ second: PostgresConnection) async throws -> Bool {
        for _ in 0..<Self.rounds {
            guard let rows = await second.ask("BEGIN; \(Self.ask)", within: Self.patience) else {
                try Task.checkCancellation()
                throw refusal("which mode it has cannot be found out: a second connection got no answer")
            }
            if rows.first?.first == own { return false }
            guard try await connection.query(Self.ask).first?.first == own else { return false }
            guard await second.ask("COMMIT", within: Self.patience) != nil else { return false }
        }
        return true
    }

    private func refusal(_ reason: String) -> PostgresError {
        PostgresError(
            code: .pooler,
            message: """
                \(connection.endpoint) is a pooler that is not in session mode: \(reason)
                hint: give migrations the address of the server itself, or of a pooler in session mode, in \
                MIGRATION_DATABASE_URL. The application can go on using this one.
                """)
    }
}
