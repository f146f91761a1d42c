// SPDX-License-Identifier: Apache-2.0

/// What a session tells while it works.
public enum StoreEvent: Hashable, Sendable {
    /// Another run holds the lock; told again when the holder changes.
    case waitingForLock(holder: LockHolder?)
    /// A migration of a batch begins.
    case started(Migration)
    /// The store's server said something about the migration that it executes.
    case notice(StoreNotice)
    /// How far the server is with a command that takes long; told again when that changes, from any thread, also while
    /// another event is being told. Not every store tells it, nor of every command.
    case progress(StoreProgress)
    /// What ``progress(_:)`` told is over: the command ended, or there is nothing more to be learnt of it.
    case progressEnded
    /// A migration had to give way to other sessions, was undone, and is tried again after a pause; then ``started(_:)`` is told
    /// again, for the first migration of the batch too.
    case retrying(StoreRetry)
    /// The script of a migration of a batch ran; it counts as applied when the whole batch is.
    case executed(AppliedMigration)
}

/// A message that a store's server sent on the side: a notice, a warning.
public struct StoreNotice: Hashable, Sendable, CustomStringConvertible {
    /// How grave it is, as the server names it: `NOTICE`, `WARNING`, `INFO`.
    public var severity: String
    /// The message.
    public var message: String
    /// The code that the server gave it: an SQLSTATE, for PostgreSQL.
    public var code: String?
    /// The migration that was being executed, if one was.
    public var migration: MigrationID?

    /// Makes a notice.
    public init(severity: String, message: String, code: String? = nil, migration: MigrationID? = nil) {
        self.severity = severity
        self.message = message
        self.code = code
        self.migration = migration
    }

    public var description: String { "\(severity): \(message)" }
}
