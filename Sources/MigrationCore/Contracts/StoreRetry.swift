// SPDX-License-Identifier: Apache-2.0

/// A migration that had to give way to other sessions, was undone, and is going to be tried again.
public struct StoreRetry: Hashable, Sendable, CustomStringConvertible {
    /// The migration; the first of them when several share a transaction.
    public var migration: Migration
    /// Why it gave way, as a part of a sentence: `a lock was not free within 5.0 seconds`.
    public var reason: String
    /// Who had what the migration waited for, as far as that is known.
    public var blockers: [LockHolder]
    /// How many times it was tried.
    public var attempts: Int
    /// After how long it is tried again at the latest; sooner when what was in the way is gone.
    public var pause: Duration

    /// Makes an account of a migration that gave way.
    public init(migration: Migration, reason: String, blockers: [LockHolder] = [], attempts: Int, pause: Duration) {
        self.migration = migration
        self.reason = reason
        self.blockers = blockers
        self.attempts = attempts
        self.pause = pause
    }

    public var description: String {
        let who = blockers.isEmpty ? "" : " (\(blockers.map(\.description).joined(separator: "; ")))"
        let milliseconds = pause.components.seconds * 1000 + pause.components.attoseconds / 1_000_000_000_000_000
        return "\(migration.path) was undone and is tried again within \(milliseconds) ms: \(reason)\(who)"
    }
}
