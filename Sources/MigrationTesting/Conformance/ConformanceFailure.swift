// SPDX-License-Identifier: Apache-2.0

/// A rule of the contract that a store broke.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// The rule, as the check is named.
    public var rule: String
    /// What the store did instead.
    public var message: String
    /// The error that the store threw where it should not have.
    public var underlying: (any Error)?

    /// Makes a failure.
    public init(rule: String, message: String, underlying: (any Error)? = nil) {
        self.rule = rule
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        "The store breaks the rule \"\(rule)\": \(message)"
    }
}
