// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import SystemPackage

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension DirectorySource {
    /// The manifest of the folder as it is now: its files, their checksums, and what the files declare.
    ///
    /// What an existing `manifest.json` declares about files that are still there is kept; its checksums are not looked at.
    /// Check what changed, for instance with version control, before trusting new ones.
    ///
    /// - Throws: ``MigrationFilesError`` when something else is wrong with the folder or the existing manifest.
    public func manifest() throws(MigrationFilesError) -> MigrationManifest {
        let entries = try load(.renewing).scripts.map { script in
            let migration = script.migration
            return MigrationManifest.Entry(
                file: migration.path, checksum: migration.checksum, undoChecksum: script.undo?.checksum,
                dependencies: migration.dependencies, directives: migration.directives)
        }
        return MigrationManifest(migrations: entries)
    }

    /// Writes `manifest.json` anew, as ``manifest()`` describes it, in one step: whoever reads it meanwhile sees the old
    /// one or the new one.
    ///
    /// - Returns: The path of the file.
    /// - Throws: ``MigrationFilesError``, as ``manifest()`` does, or when the file cannot be written.
    @discardableResult
    public func writeManifest() throws(MigrationFilesError) -> String {
        let text = try manifest().json
        let file = root.appending(MigrationManifest.fileName).string
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            let message = "the file cannot be written: \(error). Check the folder's permissions and the disk."
            throw failure([MigrationFileProblem(.cannotCreate, MigrationManifest.fileName, message)])
        }
        return file
    }
}
