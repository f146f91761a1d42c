// SPDX-License-Identifier: Apache-2.0

/// What a run did.
public struct MigrationReport: Hashable, Sendable {
    /// What was applied, in this order, with how long each took.
    public var applied: [AppliedMigration]
    /// What was recorded without being executed, see ``MigrationRunner/fake(_:through:)``.
    public var recorded: [Migration]
    /// What a person should know although it stopped nothing.
    public var notices: [PlanNotice]

    /// Makes a report; by default of a run that had nothing to do.
    public init(applied: [AppliedMigration] = [], recorded: [Migration] = [], notices: [PlanNotice] = []) {
        self.applied = applied
        self.recorded = recorded
        self.notices = notices
    }
}
