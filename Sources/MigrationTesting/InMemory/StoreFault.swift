// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A failure that a test plans: the next time an ``InMemoryVersionStore`` comes to this point, it throws this error.
///
/// ```swift
/// await store.plan(.failure(of: MigrationID(version: 3)))
/// await store.plan(StoreFault(at: .openSession, times: .max))  // not reachable
/// await store.plan(StoreFault(at: .afterCommit, error: InMemoryStoreError(.outcomeUnknown, "connection lost")))
/// ```
public struct StoreFault: Sendable {
    /// Where a store can be made to fail.
    public enum Point: Hashable, Sendable {
        /// Opening a session.
        case openSession
        /// Reading the history.
        case history
        /// Asking for the lock.
        case lock
        /// Executing the script of a migration.
        case execute(MigrationID)
        /// Right before a batch, or what is recorded, takes effect: it does not.
        case commit
        /// Right after a batch, or what is recorded, took effect: the caller is not told so.
        case afterCommit
    }

    /// Where.
    public var point: Point
    /// What is thrown there: `CancellationError()` plays a cancellation.
    public var error: any Error
    /// How often the point is passed unharmed before.
    public var skipping: Int
    /// How often the error is thrown.
    public var times: Int

    /// Plans a failure.
    public init(
        at point: Point, error: any Error = InMemoryStoreError(.unavailable, "the store cannot be reached"),
        skipping: Int = 0, times: Int = 1
    ) {
        self.point = point
        self.error = error
        self.skipping = skipping
        self.times = times
    }

    /// The script of this migration fails, once.
    public static func failure(of migration: MigrationID, _ message: String = "division by zero") -> StoreFault {
        StoreFault(at: .execute(migration), error: InMemoryStoreError(.failed, message))
    }
}
