// SPDX-License-Identifier: Apache-2.0

/// How many sessions may wait, and how long, for what a migration has locked or waits to lock.
///
/// PostgreSQL serves the waiting in turn: behind a migration that waits for a lock, readers wait that would have no reason to
/// (PostgreSQL documentation, "Explicit Locking").
public struct QueueLimit: Hashable, Sendable, CustomStringConvertible {
    /// Give way when more sessions than this wait for longer than ``duration``.
    public var sessions: Int
    /// How long each of them has waited.
    public var duration: Duration

    /// Makes a limit; by default more than 3 sessions that have waited for more than 2 seconds.
    public init(sessions: Int = 3, duration: Duration = .seconds(2)) {
        self.sessions = sessions
        self.duration = duration
    }

    public var description: String { "more than \(sessions) for longer than \(duration)" }
}
