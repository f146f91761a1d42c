// SPDX-License-Identifier: Apache-2.0

extension MigrationRunner {
    /// Does what the policy says; to be called before the application serves.
    ///
    /// - Returns: What was applied; an empty report when the policy does not let this runner apply anything.
    /// - Throws: ``MigrationError``; code ``MigrationError/Code/refused`` when the latest schema is required and the database
    ///   does not have it, with ``SchemaNotLatestError`` as the underlying error.
    @discardableResult
    public func start(_ policy: StartupPolicy) async throws(MigrationError) -> MigrationReport {
        var report = MigrationReport()
        if policy.appliesMigrations { report = try await applyPending() }
        if policy.requiresLatestSchema {
            let behind: [MigrationStatus]
            do {
                behind = try await status().filter(\.isBehind)
            } catch {
                var error = error
                error.report = report
                throw error
            }
            guard behind.isEmpty else {
                throw MigrationError(
                    code: .refused, report: report, underlying: SchemaNotLatestError(entries: behind))
            }
        }
        return report
    }
}
