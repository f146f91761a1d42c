// SPDX-License-Identifier: Apache-2.0

/// Work that runs beside an exchange with the server, if that takes long: started late, ended with the exchange.
struct Companion: Sendable {
    /// How long an exchange has to last before the work begins.
    let delay: Duration
    /// Where the work runs. Not on the connection's own thread: that is blocked until the exchange is over.
    let executor: any TaskExecutor
    /// The work. It is cancelled when the exchange is over, and has to end at once then, because the exchange waits for it.
    let work: @Sendable () async -> Void
}

extension PostgresConnection {
    /// Runs a body that blocks, and beside it, from when the body says so, the companion.
    ///
    /// Until then nothing is started, no task and no thread, so that short exchanges cost what they cost without a companion.
    ///
    /// - Parameter body: Gets what starts the companion, to be called at most once; `nil` when there is none.
    func withCompanion<Result: Sendable>(_ body: ((() -> Void)?) throws -> Result) async throws -> Result {
        guard let companion else { return try body(nil) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            // A call of the actor's own, so that the compiler makes sure that the body blocks the connection's thread and not one of
            // Swift's pool.
            try run(body, beside: companion, in: &group)
        }
    }

    private func run<Result: Sendable>(
        _ body: ((() -> Void)?) throws -> Result, beside companion: Companion,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) throws -> Result {
        // Also when the body throws: whatever it was, nobody needs the companion any more.
        defer { group.cancelAll() }
        return try withoutActuallyEscaping({
            group.addTask(executorPreference: companion.executor) { await companion.work() }
        }) { start in try body(start) }
    }
}
