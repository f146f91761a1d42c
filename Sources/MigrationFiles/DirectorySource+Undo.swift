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
        let script = MigrationScript(bytes: try bytes(of: undo.file.path))
        guard Checksum(of: script.bytes) == undo.checksum else {
            let message = "the file changed while it was read. Try again when nobody writes to the migrations any more."
            throw failure([MigrationFileProblem(.unreadable, undo.file.path, message)])
        }
        return script
    }
}
