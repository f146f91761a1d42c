// SPDX-License-Identifier: Apache-2.0

extension MigrationRunner {
    /// Does what the policy says; to be called before the application serves.
    ///
    /// Where the policy switches anything on, this also refuses a database that belongs to a newer build: one that has
    /// migrations which this runner's source does not have and which are not declared compatible with it
    /// (``Migration/Directives/compatibleWith``). A compatible one is a notice, told and in the report.
    ///
    /// - Returns: What was applied; without anything applied when the policy does not let this runner do that.
    /// - Throws: ``MigrationError``; code ``MigrationError/Code/refused`` with ``SchemaTooNewError`` as the underlying error when
    ///   the database belongs to a newer build, and then nothing was executed; with ``SchemaNotLatestError`` when the latest
    ///   schema is required and the database does not have it.
    @discardableResult
    public func start(_ policy: StartupPolicy) async throws(MigrationError) -> MigrationReport {
        var report = MigrationReport()
        if policy.appliesMigrations { report = try await applyPending(refusingNewerSchema: true) }
        guard policy.requiresLatestSchema else { return report }
        do {
            let notices = try await requireLatestSchema()
            // What the run told a moment ago is not told again.
            for notice in notices where !report.notices.contains(notice) {
                report.notices.append(notice)
                observe(.planNotice(notice))
            }
        } catch {
            var error = error
            error.report = report
            throw error
        }
        return report
    }
}
