// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct ScriptPairingTests {
    private func file(
        _ version: UInt64, _ role: FileRole = .migration, in component: Component = .core, _ name: String = "x"
    )
        -> ScriptFile
    {
        let path = "\(component)/\(version)_\(name)\(role == .undo ? ".down" : "").sql"
        return ScriptFile(
            id: MigrationID(component: component, version: MigrationVersion(version)), versionText: "\(version)",
            role: role, path: path, name: path)
    }

    @Test func `Migrations are sorted, undo scripts found by version`() {
        let files = [file(2), file(10), file(1, in: "a"), file(2, .undo), file(1, .undo, in: "a", "other"), file(1)]
        let pairing = ScriptPairing(files)
        #expect(pairing.problems.isEmpty)
        #expect(pairing.migrations == [file(1), file(2), file(10), file(1, in: "a")])
        #expect(pairing.undo == [file(2).id: file(2, .undo), file(1, in: "a").id: file(1, .undo, in: "a", "other")])
    }

    @Test func `The order of the files changes nothing, not even which one of two is kept`() {
        let files = [
            file(1), file(1, .migration, in: .core, "y"), file(2, .undo), file(3), file(3, .undo),
            file(3, .undo, in: .core, "y"),
        ]
        let reference = ScriptPairing(files)
        #expect(reference.migrations == [file(1), file(3)])
        #expect(reference.problems.map(\.code).count == 3)
        var generator = SplitMix(state: 3)
        for _ in 0..<50 {
            let pairing = ScriptPairing(files.shuffled(using: &generator))
            #expect(pairing.migrations == reference.migrations)
            #expect(pairing.undo == reference.undo)
            #expect(pairing.problems.sorted() == reference.problems.sorted())
        }
    }

    @Test func `The parent of a file is the folder that its version is in`() {
        let forms = [
            ("1_x.sql", "1_x.sql", ""), ("b/1_x.sql", "1_x.sql", "b"), ("b/1_x/up.sql", "1_x/up.sql", "b"),
            ("1_x/up.sql", "1_x/up.sql", ""),
        ]
        for (path, name, parent) in forms {
            let file = ScriptFile(
                id: MigrationID(version: 1), versionText: "1", role: .migration, path: path, name: name)
            #expect(file.parent == parent)
        }
    }
}
