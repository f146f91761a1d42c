// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Why a throw-away server could not be started.
public struct ThrowawayRedisError: BackupError {
    /// The kind.
    public let category: BackupErrorCategory
    /// What happened and what to do.
    public let message: String
    /// The last lines that the server wrote, if it wrote any.
    public let output: [String]

    /// Makes an error.
    public init(_ category: BackupErrorCategory, _ message: String, output: [String] = []) {
        self.category = category
        self.message = message
        self.output = output
    }

    public var description: String {
        guard let last = output.last(where: { !$0.isEmpty }) else { return message }
        return "\(message) Its last words: \(last)"
    }
}
