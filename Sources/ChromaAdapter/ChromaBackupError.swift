// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Why a ChromaDB folder was not saved, proven or restored. Holds no secret.
public struct ChromaBackupError: BackupError, Hashable {
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
    /// - Parameter doing: What failed: `saving ./data/chroma`.
    static func wrapping(_ error: any Error, doing: String) -> any Error {
        switch error {
        case let error as any BackupError: error
        case is CancellationError: ChromaBackupError(.cancelled, "interrupted while \(doing)")
        // Only copies are written to.
        case let error as SQLiteError where error.kind == .full: ChromaBackupError(.destination, "\(doing): \(error)")
        case let error as FileError where error.isNoSpace: ChromaBackupError(.destination, "\(doing): \(error)")
        case let error as SQLiteError: ChromaBackupError(.store, "\(doing): \(error)")
        case let error as FileError: ChromaBackupError(.store, "\(doing): \(error)")
        default: error
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
