// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A call that an ``InMemoryVersionStore`` or one of its sessions got.
public enum StoreOperation: Hashable, Sendable {
    /// ``InMemoryVersionStore/openSession()``.
    case openSession
    /// ``InMemorySession/history()``.
    case history
    /// ``InMemorySession/unfinished()``.
    case unfinished
    /// ``InMemorySession/lock(_:observe:)``.
    case lock
    /// ``InMemorySession/apply(_:observe:)`` with these migrations.
    case apply([MigrationID])
    /// ``InMemorySession/record(_:)`` with these migrations.
    case record([MigrationID])
    /// ``InMemorySession/close()``.
    case close
}

/// One entry of the log of an ``InMemoryVersionStore``.
public struct StoreCall: Hashable, Sendable {
    /// Which session was called: sessions are numbered from 1.
    public var session: Int
    /// What was called.
    public var operation: StoreOperation

    /// Makes an entry.
    public init(session: Int, operation: StoreOperation) {
        self.session = session
        self.operation = operation
    }
}
