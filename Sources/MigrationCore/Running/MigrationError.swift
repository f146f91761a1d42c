// SPDX-License-Identifier: Apache-2.0

/// Why a run stopped, and what it had applied before.
public struct MigrationError: Error, Sendable {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The source could not be read, or holds something invalid. Nothing was executed.
        public static let invalidSource = Self(description: "invalidSource")
        /// The store cannot be reached, or refuses us. Nothing was executed unless the report says so.
        public static let storeUnavailable = Self(description: "storeUnavailable")
        /// Files and history disagree, or a script is invalid: see ``MigrationError/refusals``. Nothing was executed.
        public static let refused = Self(description: "refused")
        /// Another run held the lock for too long. Nothing was executed.
        public static let lockTimeout = Self(description: "lockTimeout")
        /// A migration, or a statement of the store's own, failed and was undone.
        public static let failed = Self(description: "failed")
        /// The connection was lost during a commit, and no other could be had that tells whether it took effect: the next run finds out.
        public static let outcomeUnknown = Self(description: "outcomeUnknown")
        /// The run was cancelled; what it was doing was undone.
        public static let cancelled = Self(description: "cancelled")
    }

    /// The kind of failure.
    public var code: Code
    /// Every reason to refuse the plan, for code ``Code/refused``.
    public var refusals: [PlanRefusal]
    /// The migration that failed, if one did.
    public var failed: Migration?
    /// What was applied before the failure, and stays applied.
    public var report: MigrationReport
    /// Whether all migrations of the run shared one transaction.
    public var singleTransaction: Bool
    /// The error of the source or store.
    public var underlying: (any Error)?
    /// What may have been committed, for code ``Code/outcomeUnknown``.
    var uncertain: [AppliedMigration] = []

    /// Makes an error.
    public init(
        code: Code, refusals: [PlanRefusal] = [], failed: Migration? = nil,
        report: MigrationReport = MigrationReport(), singleTransaction: Bool = false, underlying: (any Error)? = nil
    ) {
        self.code = code
        self.refusals = refusals
        self.failed = failed
        self.report = report
        self.singleTransaction = singleTransaction
        self.underlying = underlying
    }
}
