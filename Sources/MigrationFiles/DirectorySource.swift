// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import SystemPackage

/// Migrations as SQL files in a folder.
///
/// ```swift
/// let source = DirectorySource("migrations")
/// for migration in try source.migrations() { print(migration.path, migration.checksum) }
/// ```
///
/// ## The layout
/// | file | component |
/// |---|---|
/// | `0001_baseline.sql` or `core/0001_baseline.sql` | `core` |
/// | `billing/0001_invoices.sql` | `billing` |
///
/// The same thing in other words are `0001_baseline.up.sql` and a folder `0001_baseline/up.sql`. The undo script of a
/// version is `….down.sql` or `down.sql`; it needs the version to exist, not the same description.
///
/// - The digits are the version, of any width; files are ordered by number, so `2` comes before `0010`, and `0001` is `1`.
/// - The description has a letter or digit in it.
/// - `.sql`, `.up` and `.down` are recognised in any letter case.
/// - Names of components have letters, digits, `_`, `-` and `.`, not one of the last two first, and at most 100 characters.
/// - Every other `.sql` file at the top, in a component's folder or in a version's folder is an error. Other files, names
///   with a dot in front and further sub-folders are ignored; so is a version's folder without any `.sql` file.
/// - Links are followed. One that leads nowhere is an error where it may have been a script or a folder of scripts.
///
/// ## The text
/// Files are UTF-8; a byte order mark is allowed, and is a part of what the checksum covers. Directives are `--` comments
/// before the first statement:
///
/// ```sql
/// -- strata: depends-on core:3, billing:12
/// -- strata: no-transaction
/// -- strata: lock-timeout 3s
/// -- strata: statement-timeout 10min
/// -- strata: compatible-with core:12
/// ```
///
/// `depends-on` may be repeated, and a version without a component is one of the file's own. Durations need a unit: `us`,
/// `ms`, `s`, `min`, `h` or `d`. `compatible-with` names the oldest build that can work with the schema once the file is
/// applied, by a migration that the folder has. Behind the first statement nothing is looked for, and in undo scripts neither.
///
/// A file `manifest.json` pins all of it, see ``MigrationManifest``.
///
/// Every call reads the folder anew. A run asks for the migrations once, and for each script when it is needed.
public struct DirectorySource: Hashable, Sendable {
    /// The folder, as it was given.
    public let path: String

    /// Makes a source of a folder. Nothing is read yet.
    public init(_ path: String) {
        self.path = path
    }

    var root: FilePath { FilePath(path) }

    /// Reads the folder.
    func load(_ purpose: FolderLoad.Purpose = .checking) throws(MigrationFilesError) -> FolderLoad {
        let load: FolderLoad
        do throws(FolderFailure) {
            load = try FolderLoad(root: root, purpose: purpose)
        } catch {
            throw failure([error.problem(path: path)])
        }
        guard load.problems.isEmpty else { throw failure(load.problems) }
        return load
    }

    func failure(_ problems: [MigrationFileProblem]) -> MigrationFilesError {
        MigrationFilesError(folder: path, problems: problems)
    }
}

extension DirectorySource: MigrationSource {
    /// All migrations of the folder, by component and version.
    ///
    /// Reads every file once, without keeping it. A folder without migrations is fine.
    ///
    /// - Throws: ``MigrationFilesError`` with everything that is wrong with the folder.
    public func migrations() throws(MigrationFilesError) -> [Migration] {
        try load().scripts.map(\.migration)
    }

    /// The bytes of a migration, as they are now. Those of a large file stay in the file, which is open as long as the script
    /// is in use.
    ///
    /// - Throws: ``MigrationFilesError`` when the file cannot be read.
    public func script(for migration: Migration) throws(MigrationFilesError) -> MigrationScript {
        try script(in: migration.path)
    }

    func script(in path: String) throws(MigrationFilesError) -> MigrationScript {
        do throws(FileFailure) {
            let file = try OpenFile(root.appending(path))
            guard file.size > LargeScript.threshold else { return MigrationScript(bytes: try file.readAll()) }
            return MigrationScript(LargeScript(file, path: path, of: self))
        } catch {
            throw failure([error.problem(path: path)])
        }
    }
}
