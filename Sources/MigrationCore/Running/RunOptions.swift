// SPDX-License-Identifier: Apache-2.0

/// How a ``MigrationRunner`` works.
public struct RunOptions: Hashable, Sendable {
    /// What the run covers.
    public var plan: PlanOptions
    /// Execute everything that is pending in one transaction, instead of one for each migration.
    public var singleTransaction: Bool
    /// How long to wait for another run to finish.
    public var lockWait: Duration

    /// Makes options; by default everything pending but seed data, one transaction each, waiting for five minutes.
    public init(
        plan: PlanOptions = PlanOptions(), singleTransaction: Bool = false, lockWait: Duration = .seconds(300)
    ) {
        self.plan = plan
        self.singleTransaction = singleTransaction
        self.lockWait = lockWait
    }
}
