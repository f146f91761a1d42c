// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Holds a manifest against the folder: both have to list the same files, with the same checksums and the same facts.
struct ManifestComparison {
    /// The scripts, with the facts of the manifest added to their own.
    private(set) var scripts: [LoadedScript]
    private(set) var problems: [MigrationFileProblem] = []

    /// Compares.
    ///
    /// - Parameters:
    ///   - scripts: The migrations of the folder.
    ///   - entries: What the manifest lists.
    ///   - unusable: Files with problems of their own. Whether they are listed tells nothing new.
    init(scripts: [LoadedScript], entries: [String: ManifestEntry], unusable: Set<String>) {
        self.scripts = scripts
        for index in scripts.indices {
            compare(index, with: entries[scripts[index].file.path])
        }
        let present = unusable.union(scripts.lazy.map(\.file.path))
        let undo = Set(scripts.compactMap(\.undo?.file.path))
        for entry in entries.values where !present.contains(entry.file.value) {
            let file = Displayed(entry.file.value)
            report(
                entry.file.position,
                undo.contains(entry.file.value)
                    ? "\(file) is an undo script: pin it with \"undo-checksum\" in the entry of its migration."
                    : "\(file) is listed here, but is not in the folder. Bring it back, or remove the entry.")
        }
    }

    private mutating func compare(_ index: Int, with entry: ManifestEntry?) {
        let script = scripts[index]
        guard let entry else {
            problems.append(
                MigrationFileProblem(
                    .manifestDisagrees, script.file.path,
                    """
                    \(MigrationManifest.fileName) does not list this file. Add it there, with checksum \
                    \(script.checksum), or remove the file.
                    """))
            return
        }
        comparePins(script, entry)
        compareFacts(script, entry)
        scripts[index].facts = script.facts.filled(from: entry.facts)
    }

    private mutating func comparePins(_ script: LoadedScript, _ entry: ManifestEntry) {
        if let pinned = entry.checksum, pinned.value != script.checksum {
            reportChecksum(pinned, script.file.path, script.checksum)
        }
        guard let undo = script.undo else {
            if let pinned = entry.undoChecksum {
                report(
                    pinned.position,
                    """
                    \(Displayed(script.file.path)) has no undo script, but one is pinned here. Bring it back, or \
                    remove the line.
                    """)
            }
            return
        }
        if let pinned = entry.undoChecksum, let checksum = undo.checksum, pinned.value != checksum {
            reportChecksum(pinned, undo.file.path, checksum)
        } else if entry.undoChecksum == nil, let checksum = undo.checksum {
            report(
                entry.file.position,
                """
                the undo script \(Displayed(undo.file.path)) is not pinned. Add "undo-checksum": "\(checksum)" to this \
                entry.
                """)
        }
    }

    private mutating func reportChecksum(_ pinned: Stated<Checksum>, _ path: String, _ found: Checksum) {
        report(
            pinned.position,
            """
            \(Displayed(path)) is not the file that is pinned here
              pinned  \(pinned.value)
              found   \(found)
            Bring the file back as it was, or pin the new one if the change is meant.
            """)
    }

    private mutating func compareFacts(_ script: LoadedScript, _ entry: ManifestEntry) {
        for name in DirectiveName.allCases {
            guard
                let here = entry.facts[text: name], let position = entry.facts[position: name],
                let there = script.facts[text: name], let line = script.facts[position: name]?.line, here != there
            else { continue }
            let (shownHere, shownThere) = (here.isEmpty ? "nothing" : here, there.isEmpty ? "nothing" : there)
            report(
                position,
                """
                \(name.rawValue) of \(Displayed(script.file.path)) is \(shownHere) here, but \(shownThere) in line \
                \(line) of the file. Make them equal, or state it in one place.
                """)
        }
    }

    private mutating func report(_ position: TextPosition, _ message: String) {
        problems.append(MigrationFileProblem(.manifestDisagrees, MigrationManifest.fileName, at: position, message))
    }
}
