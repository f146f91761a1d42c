// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import SystemPackage

/// Everything that a folder of migrations says, and everything that is wrong with it.
struct FolderLoad {
    /// What the manifest is read for.
    enum Purpose {
        /// To hold the folder against it.
        case checking
        /// To write it anew: what it says about files that are still there is kept, its checksums do not matter.
        case renewing
    }

    /// The migrations, by component and version.
    private(set) var scripts: [LoadedScript] = []
    private(set) var problems: [MigrationFileProblem] = []

    init(root: FilePath, purpose: Purpose) throws(FolderFailure) {
        let scan = try FolderScan(root: root)
        problems = scan.problems
        read(scan, root: root)
        checkBuilds(scan)
        if scan.hasManifest { applyManifest(scan, root: root, purpose: purpose) }
    }

    private mutating func read(_ scan: FolderScan, root: FilePath) {
        var inspector = ScriptInspector()
        scripts.reserveCapacity(scan.migrations.count)
        for file in scan.migrations {
            let undo = scan.undo[file.id].map { undo in
                LoadedScript.Undo(file: undo, checksum: inspect(undo, root: root, with: &inspector)?.checksum)
            }
            guard let content = inspect(file, root: root, with: &inspector) else { continue }
            let reader = DirectiveReader(content.comments, path: file.path, id: file.id)
            problems += reader.problems
            scripts.append(LoadedScript(file: file, checksum: content.checksum, facts: reader.facts, undo: undo))
        }
    }

    private mutating func inspect(
        _ file: ScriptFile, root: FilePath, with inspector: inout ScriptInspector
    ) -> ScriptContent? {
        do throws(FileFailure) {
            return try inspector.inspect(root.appending(file.path))
        } catch {
            problems.append(error.problem(path: file.path))
            return nil
        }
    }

    /// Reports builds that the files name and that cannot have existed.
    private mutating func checkBuilds(_ scan: FolderScan) {
        let declaring = scripts.filter { $0.facts.compatibleWith != nil }
        guard !declaring.isEmpty else { return }
        let references = BuildReferences(scan.migrations.lazy.map(\.id))
        for script in declaring {
            guard let build = script.facts.compatibleWith,
                let fault = references.fault(in: build.value, declaredBy: script.file.id)
            else { continue }
            problems.append(MigrationFileProblem(.invalidDirective, script.file.path, at: build.position, fault))
        }
    }

    private mutating func applyManifest(_ scan: FolderScan, root: FilePath, purpose: Purpose) {
        let name = MigrationManifest.fileName
        let bytes: [UInt8]
        do throws(FileFailure) {
            // The inspection finds what is no text; the reader may then rely on it.
            var inspector = ScriptInspector()
            _ = try inspector.inspect(root.appending(name))
            bytes = try OpenFile(root.appending(name)).readAll()
        } catch {
            problems.append(error.problem(path: name))
            return
        }
        let files = Dictionary(scan.migrations.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
        let reader = ManifestReader(bytes, files: files, requiresChecksums: purpose == .checking)
        problems += reader.problems
        guard reader.isReadable else { return }
        var entries = reader.entries
        if purpose == .renewing { entries = renewed(entries) }
        let unusable = Set(problems.lazy.map(\.path))
        let comparison = ManifestComparison(scripts: scripts, entries: entries, unusable: unusable)
        problems += comparison.problems
        scripts = comparison.scripts
    }

    /// The entries as if they pinned exactly what is there; what is left to disagree about are the facts.
    private func renewed(_ entries: [String: ManifestEntry]) -> [String: ManifestEntry] {
        var result: [String: ManifestEntry] = [:]
        for script in scripts {
            let place = TextPosition.start
            var entry =
                entries[script.file.path] ?? ManifestEntry(file: Stated(value: script.file.path, position: place))
            entry.checksum = Stated(value: script.checksum, position: place)
            entry.undoChecksum = script.undo?.checksum.map { Stated(value: $0, position: place) }
            result[script.file.path] = entry
        }
        return result
    }
}
