// SPDX-License-Identifier: Apache-2.0

/// What a run would do, and every reason why it would not: a value, computed from files and history alone.
public struct MigrationPlan: Hashable, Sendable {
    /// Every migration that the source or the history knows, in the order of execution.
    public var entries: [MigrationStatus]
    /// What would be executed, in this order, when there is no refusal.
    public var steps: [Step]
    /// Why nothing may be executed. Empty when the run may go on.
    public var refusals: [PlanRefusal]
    /// What a person should know although it stops nothing.
    public var notices: [PlanNotice]

    /// One migration to execute.
    public struct Step: Hashable, Sendable {
        /// The migration.
        public var migration: Migration
        /// How the store is going to execute it; `nil` until its script has been looked at.
        public var mode: ExecutionMode?

        /// Makes a step.
        public init(_ migration: Migration, mode: ExecutionMode? = nil) {
            self.migration = migration
            self.mode = mode
        }
    }

    /// Whether there is nothing to execute and nothing to complain about.
    public var isUpToDate: Bool { steps.isEmpty && refusals.isEmpty }
}
