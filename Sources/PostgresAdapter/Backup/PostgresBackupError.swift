// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Why a PostgreSQL database was not saved, proven or restored. Holds no secret.
public struct PostgresBackupError: BackupError, Hashable {
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

    /// The error of something that is not one of ours yet.
    ///
    /// - Parameter doing: What failed: `reading the history`.
    static func wrapping(_ error: any Error, doing: String) -> any Error {
        switch error {
        case let error as any BackupError: return error
        case is CancellationError: return PostgresBackupError(.cancelled, "interrupted while \(doing)")
        case let error as PostgresError:
            let category: BackupErrorCategory =
                switch error.code {
                case .cancelled: .cancelled
                case .invalidConfiguration: .configuration
                case .connectionFailed, .pooler: .unavailable
                default: error.serverMessage?.sqlState == SQLState.insufficientPrivilege ? .configuration : .store
                }
            return PostgresBackupError(category, "\(doing): \(error.message)")
        default: return error
        }
    }

    /// Runs a body, whose errors become those of a backup.
    static func telling<Result: Sendable>(
        _ doing: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw wrapping(error, doing: doing)
        }
    }
}
