// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// An error of making, proving, restoring or pruning sets that is not one store's.
public struct BackupKitError: BackupError {
    public let category: BackupErrorCategory
    public let description: String

    /// Makes an error.
    public init(_ category: BackupErrorCategory, _ description: String) {
        self.category = category
        self.description = description
    }
}
