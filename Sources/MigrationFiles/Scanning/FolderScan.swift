// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import SystemPackage

/// The scripts of a folder, as their names tell: no file is opened.
struct FolderScan {
    /// The migrations, by component and version, one for each.
    private(set) var migrations: [ScriptFile] = []
    /// The undo scripts.
    private(set) var undo: [MigrationID: ScriptFile] = [:]
    private(set) var hasManifest = false
    private(set) var problems: [MigrationFileProblem] = []
    private let root: FilePath
    private var found: [ScriptFile] = []

    /// Looks through a folder.
    init(root: FilePath) throws(FolderFailure) {
        self.root = root
        let top = Folder(path: root)
        for name in try top.names() {
            if name == MigrationManifest.fileName {
                hasManifest = true
            } else if ScriptName.claims(name) {
                addFile(name, in: "", component: .core)
            } else if isFolder(name, in: top, at: name) {
                addFolder(name)
            }
        }
        let pairing = ScriptPairing(found)
        migrations = pairing.migrations
        undo = pairing.undo
        problems += pairing.problems
    }

    /// A folder at the top: a version's own, or a component's.
    private mutating func addFolder(_ name: String) {
        if let version = try? VersionedName(name) {
            addVersionFolder(name, version, in: "", component: .core)
            return
        }
        let folder = Folder(path: root.appending(name))
        let names: [String]
        do {
            names = try folder.names()
        } catch {
            // What cannot be a component is none of our business, `lost+found` for instance.
            if ComponentName.fault(in: name) == nil { problems.append(error.problem(path: name)) }
            return
        }
        if let fault = ComponentName.fault(in: name) {
            reportComponent(name, fault, holding: names)
            return
        }
        let component = Component(name)
        for entry in names {
            if ScriptName.claims(entry) {
                addFile(entry, in: name, component: component)
            } else if let version = try? VersionedName(entry), isFolder(entry, in: folder, at: "\(name)/\(entry)") {
                addVersionFolder(entry, version, in: name, component: component)
            }
        }
    }

    /// A folder whose name no component can have matters only when it holds migrations.
    private mutating func reportComponent(_ name: String, _ fault: String, holding names: [String]) {
        guard names.contains(where: { ScriptName.claims($0) || (try? VersionedName($0)) != nil }) else { return }
        problems.append(
            MigrationFileProblem(
                .invalidComponent, name,
                """
                this folder holds migrations, but its name cannot be that of a component: it \(fault). Rename the \
                folder, or move it away.
                """))
    }

    private mutating func addFile(_ name: String, in parent: String, component: Component) {
        let path = parent.isEmpty ? name : "\(parent)/\(name)"
        do throws(InvalidText) {
            let script = try ScriptName(name)
            add(script.version, script.role, component: component, path: path, name: name)
        } catch {
            problems.append(
                MigrationFileProblem(
                    .invalidName, path,
                    """
                    the name \(error.reason). Migrations are named <version>_<description>.sql, for instance \
                    0001_add_users.sql; rename the file, or move it out of the migrations.
                    """))
        }
    }

    private mutating func addVersionFolder(
        _ name: String, _ version: VersionedName, in parent: String, component: Component
    ) {
        let path = parent.isEmpty ? name : "\(parent)/\(name)"
        let names: [String]
        do {
            names = try Folder(path: root.appending(path)).names()
        } catch {
            problems.append(error.problem(path: path))
            return
        }
        for entry in names where ScriptName.claims(entry) {
            if let role = FileRole(nameInFolder: entry) {
                add(version, role, component: component, path: "\(path)/\(entry)", name: "\(name)/\(entry)")
            } else {
                problems.append(
                    MigrationFileProblem(
                        .invalidName, "\(path)/\(entry)",
                        """
                        the folder \(Displayed(path)) is one migration, of which only up.sql and down.sql are read. \
                        Rename the file, or the folder if it is meant to be a component.
                        """))
            }
        }
    }

    private mutating func add(
        _ version: VersionedName, _ role: FileRole, component: Component, path: String, name: String
    ) {
        let id = MigrationID(component: component, version: version.version)
        found.append(ScriptFile(id: id, versionText: version.versionText, role: role, path: path, name: name))
    }
}

extension FolderScan {
    /// Whether an entry is a folder, links followed.
    private mutating func isFolder(_ name: String, in folder: Folder, at path: String) -> Bool {
        do {
            return try folder.kind(of: name) == .directory
        } catch {
            // It may have been a component, so a link that leads nowhere is not passed over. A file that somebody removed
            // since the folder was listed is.
            if error != .noSuchFileOrDirectory || folder.isLink(name) {
                problems.append(FileFailure.system(error).problem(path: path))
            }
            return false
        }
    }
}
