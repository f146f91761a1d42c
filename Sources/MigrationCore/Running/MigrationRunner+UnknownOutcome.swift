// SPDX-License-Identifier: Apache-2.0

extension MigrationRunner {
    /// So that a network which drops every commit ends the run at some time.
    private static var reconnections: Int { 5 }

    /// Applies what is pending, over as many sessions as it takes to know the outcome of every commit.
    ///
    /// - Parameter refusesNewerSchema: Throw ``SchemaTooNewError`` when the history has something newer that this build cannot
    ///   work with.
    func applyPending(refusingNewerSchema refusesNewerSchema: Bool) async throws(MigrationError) -> MigrationReport {
        var unknown: MigrationError?
        for _ in 0..<Self.reconnections {
            do {
                return try await applyPending(refusingNewerSchema: refusesNewerSchema, after: unknown)
            } catch {
                guard error.code == .outcomeUnknown, !Task.isCancelled, let migration = error.failed else {
                    throw error
                }
                observe(.reconnecting(migration))
                unknown = error
            }
        }
        return try await applyPending(refusingNewerSchema: refusesNewerSchema, after: unknown)
    }

    /// - Parameter unknown: How the session before this one ended, if there was one.
    private func applyPending(
        refusingNewerSchema refusesNewerSchema: Bool, after unknown: MigrationError?
    ) async throws(MigrationError) -> MigrationReport {
        var isKnown = unknown == nil
        do {
            return try await withRun(reopens: unknown != nil) { run in
                run.refusesNewerSchema = refusesNewerSchema
                if let unknown {
                    // The lost session has the lock for as long as it can still commit.
                    try await run.lock()
                    try await run.findOutcome(of: unknown)
                    isKnown = true
                } else {
                    guard try await run.makePlan().steps.isEmpty == false else { return }
                    try await run.lock()
                }
                let plan = try await run.makePlan()
                guard !plan.steps.isEmpty else { return }
                try await run.execute(plan)
            }
        } catch {
            guard let unknown, !isKnown else { throw error }
            throw unknown
        }
    }
}
