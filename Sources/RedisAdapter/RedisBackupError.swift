// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Why a Redis server was not saved, proven or restored. Holds no secret.
public struct RedisBackupError: BackupError, Hashable {
    /// The kind.
    public var category: BackupErrorCategory
    /// What happened, where and what to do.
    public var message: String

    /// Makes an error.
    public init(_ category: BackupErrorCategory, _ message: String) {
        self.category = category
        self.message = message
    }

    public var description: String { message }

    static let cancelled = Self(.cancelled, "interrupted")

    /// The error of a task that was cancelled while it did something; any other one stays as it is.
    static func wrapping(_ error: any Error) -> any Error {
        error is CancellationError ? cancelled : error
    }
}
