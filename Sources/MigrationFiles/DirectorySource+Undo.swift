// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

extension DirectorySource {
    /// The script that takes a migration back: `….down.sql`, or `down.sql` in the version's folder; `nil` if there is none.
    ///
    /// The folder is read again, and a manifest's pin is checked.
    ///
    /// - Throws: ``MigrationFilesError`` with everything that is wrong with the folder.
    public func undoScript(for migration: Migration) throws(MigrationFilesError) -> MigrationScript? {
        guard let undo = try load().scripts.first(where: { $0.file.id == migration.id })?.undo else { return nil }
        let script = try script(in: undo.file.path)
        let checksum: Checksum
        do {
            checksum = try Checksum(of: script)
        } catch {
            throw error as? MigrationFilesError ?? changed(undo.file.path)
        }
        guard checksum == undo.checksum else { throw changed(undo.file.path) }
        return script
    }
}
