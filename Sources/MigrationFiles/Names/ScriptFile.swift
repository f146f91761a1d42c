// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A script that a folder holds, known by its name alone.
struct ScriptFile: Hashable, Sendable {
    let id: MigrationID
    /// The digits as they are written.
    let versionText: String
    let role: FileRole
    /// The path within the folder of the migrations, with "/" between its parts.
    let path: String
    /// The name that the history records: the file's, in the folder form with the folder's before it.
    let name: String

    /// The folder that the file, or the version's own folder, is in: empty at the top.
    var parent: String {
        path == name ? "" : String(path.dropLast(name.count + 1))
    }

    /// By version, then by path.
    static func isBefore(_ left: ScriptFile, _ right: ScriptFile) -> Bool {
        left.id == right.id ? left.path < right.path : left.id < right.id
    }
}
