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
        var reconnections = 0
        while true {
            var isFound = unknown == nil
            do {
                return try await applyPending(
                    refusingNewerSchema: refusesNewerSchema, after: unknown, isFound: &isFound)
            } catch {
                if let unknown, !isFound { throw unknown }
                guard error.code == .outcomeUnknown, reconnections < Self.reconnections, !Task.isCancelled,
                    let migration = error.failed
                else { throw error }
                observe(.reconnecting(migration))
                reconnections += 1
                unknown = error
            }
        }
    }

    /// - Parameters:
    ///   - unknown: How the session before this one ended, if there was one.
    ///   - isFound: Becomes true when it is known what that session committed.
    private func applyPending(
        refusingNewerSchema refusesNewerSchema: Bool, after unknown: MigrationError?, isFound: inout Bool
    ) async throws(MigrationError) -> MigrationReport {
        var found = isFound
        defer { isFound = found }
        return try await withRun(reopens: unknown != nil) { run in
            run.refusesNewerSchema = refusesNewerSchema
            if let unknown {
                // The lost session has the lock for as long as it can still commit.
                try await run.lock()
                try await run.findOutcome(of: unknown)
                found = true
            } else {
                guard try await run.makePlan().steps.isEmpty == false else { return }
                try await run.lock()
            }
            let plan = try await run.makePlan()
            guard !plan.steps.isEmpty else { return }
            try await run.execute(plan)
        }
    }
}
