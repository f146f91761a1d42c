// SPDX-License-Identifier: Apache-2.0

/// How a session asks for the exclusive lock.
public struct LockRequest: Hashable, Sendable {
    /// How long to wait for other runs to finish.
    public var timeout: Duration

    /// Makes a request.
    public init(timeout: Duration = .seconds(300)) {
        self.timeout = timeout
    }
}

/// Who holds the lock that a run waits for, as far as the store can tell.
public struct LockHolder: Hashable, Sendable, CustomStringConvertible {
    /// One line for people: process, program, address, since when.
    public var description: String

    /// Makes a holder of a line for people. The line must not hold a secret.
    public init(description: String) {
        self.description = description
    }
}
