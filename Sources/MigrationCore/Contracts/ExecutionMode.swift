// SPDX-License-Identifier: Apache-2.0

/// How a store is going to execute a script.
public struct ExecutionMode: Hashable, Sendable, CustomStringConvertible {
    /// The name of the mode.
    public var name: String
    /// Why, where it is not the ordinary one.
    public var reason: String?

    /// Makes a mode of a store's own.
    public init(name: String, reason: String? = nil) {
        self.name = name
        self.reason = reason
    }

    /// The script and its history entry take effect in one transaction.
    public static let transaction = ExecutionMode(name: "transaction")

    public var description: String {
        reason.map { "\(name) (\($0))" } ?? name
    }
}
