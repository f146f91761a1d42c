// SPDX-License-Identifier: Apache-2.0

/// Waiting while others pass.
extension PostgresSession {
    private static let interval = Duration.milliseconds(250)

    /// Waits, and no longer than the transactions last that were in the way.
    func rest(for pause: RetryPace.Pause) async throws {
        let start = ContinuousClock.now
        try await Task.sleep(for: pause.shortest)
        guard let transactions = watch.blockingTransactions else {
            return try await Task.sleep(for: pause.longest - pause.shortest)
        }
        let question = BlockingTransaction.anyRuns(transactions)
        while try await connection.query(question).first?.first == "t" {
            let left = pause.longest - (ContinuousClock.now - start)
            guard left > .zero else { return }
            try await Task.sleep(for: min(left, Self.interval))
        }
    }
}
