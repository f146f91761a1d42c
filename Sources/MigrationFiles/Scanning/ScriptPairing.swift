// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Gives each undo script its migration, and finds two files of one version.
struct ScriptPairing {
    /// One migration for each version, sorted.
    private(set) var migrations: [ScriptFile] = []
    private(set) var undo: [MigrationID: ScriptFile] = [:]
    private(set) var problems: [MigrationFileProblem] = []

    init(_ files: [ScriptFile]) {
        var known: [MigrationID: ScriptFile] = [:]
        for file in files.sorted(by: ScriptFile.isBefore) {
            let other = file.role == .migration ? known[file.id] : undo[file.id]
            if let other {
                reportDuplicate(file, other)
            } else if file.role == .migration {
                known[file.id] = file
                migrations.append(file)
            } else {
                undo[file.id] = file
            }
        }
        for file in undo.values where known[file.id] == nil {
            undo[file.id] = nil
            problems.append(
                MigrationFileProblem(
                    .undoWithoutMigration, file.path,
                    """
                    this undoes version \(file.id.version) of component \(file.id.component), but there is no such \
                    migration. Bring the migration back, or remove its undo script.
                    """))
        }
    }

    private mutating func reportDuplicate(_ file: ScriptFile, _ other: ScriptFile) {
        let what = file.role == .migration ? "are" : "undo"
        problems.append(
            MigrationFileProblem(
                .duplicateVersion, file.path,
                """
                \(Displayed(other.path)) and \(Displayed(file.path)) both \(what) version \(file.id.version) of \
                component \(file.id.component). Give one of them another number, or remove it.
                """))
    }
}
