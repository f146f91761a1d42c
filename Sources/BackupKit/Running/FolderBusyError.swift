// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Another run works in the folder of the sets, and was not done in time.
public struct FolderBusyError: BackupError, Hashable {
    /// The folder.
    public let folder: String
    /// Who works there.
    public let holder: String

    public var category: BackupErrorCategory { .busy }

    public var description: String {
        "another run works in \(folder): \(holder)\nhint: wait until it is done, or let this one wait for it with --wait."
    }
}
