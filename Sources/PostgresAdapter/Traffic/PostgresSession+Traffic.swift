// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Giving way to the sessions that use the database at the same time.
extension PostgresSession {
    /// The limits that hold for the transactions of a migration.
    func limits(of migration: Migration) -> ScriptLimits {
        ScriptLimits(
            lockTimeout: migration.directives.lockTimeout ?? options.lockTimeout,
            statementTimeout: migration.directives.statementTimeout ?? options.statementTimeout)
    }

    /// Executes one transaction, and again from its start when it had to give way to other sessions, until the time for that is over.
    ///
    /// - Parameters:
    ///   - migration: The migration; the first of them when several share the transaction.
    ///   - retry: Called before it is executed again.
    ///   - transaction: Executes it. What it throws undoes everything.
    func givingWay<Result: Sendable>(
        _ migration: Migration, retry: () -> Void = {}, _ transaction: () async throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        let limits = limits(of: migration)
        var pace = RetryPace()
        var attempts = 0
        while true {
            attempts += 1
            let begin = ContinuousClock.now
            watch.arm(lockTimeout: limits.lockTimeout, queueLimit: options.queueLimit)
            defer { watch.disarm() }
            do {
                return try await transaction()
            } catch let error as PostgresError {
                guard let reason = reasonToGiveWay(error, limits) else { throw error }
                let heldUp = heldUp(limits, by: error, since: begin)
                try await rollBack()
                let left = options.retryTime - (ContinuousClock.now - start)
                guard let pause = pace.next(heldUp: heldUp, left: left, share: .random(in: 0...1)) else {
                    throw gaveUp(error, reason, attempts: attempts)
                }
                observer?(
                    .retrying(
                        StoreRetry(
                            migration: migration, reason: reason, blockers: watch.blockers, attempts: attempts,
                            pause: pause.longest)))
                try await rest(for: pause)
                retry()
            }
        }
    }

    /// For how long others had to wait for an attempt that failed: as seen, and else at most.
    private func heldUp(
        _ limits: ScriptLimits, by error: PostgresError, since begin: ContinuousClock.Instant
    ) -> Duration {
        let seen = watch.heldUp
        guard error.serverMessage?.sqlState == SQLState.lockNotAvailable else { return seen ?? .zero }
        return max(seen ?? .zero, min(ContinuousClock.now - begin, limits.lockTimeout ?? .zero))
    }

    /// `nil` for an error that trying again would not change.
    private func reasonToGiveWay(_ error: PostgresError, _ limits: ScriptLimits) -> String? {
        guard error.code == .statementFailed, let state = error.serverMessage?.sqlState else { return nil }
        return switch state {
        case SQLState.lockNotAvailable:
            "a lock was not free\(limits.lockTimeout.map { " within \($0)" } ?? "")"
        case SQLState.deadlockDetected: "it was in a deadlock with another session"
        case SQLState.queryCanceled: watch.reason
        default: nil
        }
    }

    private func gaveUp(_ error: PostgresError, _ reason: String, attempts: Int) -> PostgresError {
        var lines = [
            "it gave way to other sessions and was undone \(attempts == 1 ? "once" : "\(attempts) times"): \(reason)"
        ]
        lines += watch.blockers.map { "held by \($0)" }
        if watch.reason != nil {
            lines.append(
                """
                hint: run it again when there is less traffic; or let more sessions wait: --max-queue, --max-queue-time.
                """)
        }
        var result = error
        result.code = .gaveWay
        result.message += "\n" + lines.joined(separator: "\n")
        return result
    }
}
