// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A migration of which everything is known but its text.
struct LoadedScript {
    /// The script that takes a migration back.
    struct Undo {
        var file: ScriptFile
        /// `nil` when the file has a problem that is reported.
        var checksum: Checksum?
    }

    var file: ScriptFile
    var checksum: Checksum
    var facts: DeclaredFacts
    var undo: Undo?

    var migration: Migration {
        Migration(
            id: file.id, name: file.name, checksum: checksum, versionText: file.versionText, path: file.path,
            dependencies: (facts.dependencies?.value ?? []).sorted(), directives: facts.directives)
    }
}
