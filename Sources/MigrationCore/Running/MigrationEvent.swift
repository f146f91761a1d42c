// SPDX-License-Identifier: Apache-2.0

/// What a run tells while it goes on.
public enum MigrationEvent: Hashable, Sendable {
    /// The plan stands, under the lock, and is going to be executed.
    case planned(MigrationPlan)
    /// Something about the plan that a person should know.
    case planNotice(PlanNotice)
    /// Another run holds the lock; told again when the holder changes.
    case waitingForLock(holder: LockHolder?)
    /// The migration begins; `index` counts from 1.
    case started(Migration, index: Int, total: Int)
    /// The store's server said something on the side.
    case notice(StoreNotice)
    /// How far the server is with a command that takes long, for somebody who looks on; told again when that changes.
    case progress(StoreProgress)
    /// What ``progress(_:)`` told is over, and another command may follow. Told once after one or more of them.
    case progressEnded
    /// The migration had to give way to other sessions, was undone, and is tried again after a pause: then ``started(_:index:total:)``
    /// is told again.
    case retrying(StoreRetry)
    /// The connection was lost while the migration was committed. A new one is going to tell whether it was.
    case reconnecting(Migration)
    /// The migration's script ran. With ``RunOptions/singleTransaction`` it takes effect at the end of the run.
    case executed(AppliedMigration, index: Int, total: Int)
    /// The migration is in effect and in the history.
    case applied(AppliedMigration)
}
