// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

/// A manifest beside files, seen from outside.
@Suite struct ManifestComparisonTests {
    private static let other = Checksum(of: Array("other".utf8))

    private func checksum(_ text: String) -> Checksum {
        Checksum(of: Array(text.utf8))
    }

    /// A folder with one migration and a manifest with one entry for it.
    private func problems(file: String, members: String) throws -> [String] {
        let folder = try TemporaryFolder(["b/0002_x.sql": file])
        try folder.write(
            "manifest.json",
            """
            {"format": 1, "migrations": [
            {"file": "b/0002_x.sql", "checksum": "\(checksum(file))",
            \(members)}]}
            """)
        return folder.problems()
    }

    @Test(arguments: [
        ("", #""depends-on": ["core:3"]"#), ("-- strata: depends-on core:3, 1", #""depends-on": ["b:1", "core:0003"]"#),
        ("-- strata: depends-on core:3", #""no-transaction": false"#),
        ("-- strata: no-transaction", #""no-transaction": true"#),
        ("-- strata: lock-timeout 60s", #""lock-timeout": "1min""#),
        ("-- strata: lock-timeout 60s", #""statement-timeout": "1s""#),
        ("", #""no-transaction": false"#), ("", #""depends-on": []"#),
    ])
    func `Facts may be stated in one place, or in both if they agree`(file: String, members: String) throws {
        #expect(try problems(file: file, members: members).isEmpty)
    }

    @Test(arguments: [
        (
            "-- strata: lock-timeout 5s", #""lock-timeout": "3s""#, "3:17",
            "lock-timeout of b/0002_x.sql is 3s here, but 5s in line 1"
        ),
        (
            "\n-- strata: statement-timeout 1h", #""statement-timeout": "2h""#, "3:22",
            "statement-timeout of b/0002_x.sql is 2h here, but 1h in line 2"
        ),
        (
            "-- strata: no-transaction", #""no-transaction": false"#, "3:19",
            "no-transaction of b/0002_x.sql is false here, but true in line 1"
        ),
        (
            "-- strata: depends-on core:3", #""depends-on": []"#, "3:15",
            "depends-on of b/0002_x.sql is nothing here, but core:3 in line 1"
        ),
        (
            "-- strata: depends-on core:3", #""depends-on": ["core:4", "1"]"#, "3:15",
            "depends-on of b/0002_x.sql is core:4, b:1 here, but core:3 in line 1"
        ),
    ])
    func `A contradiction is an error with both values`(
        file: String, members: String, place: String, message: String
    ) throws {
        #expect(
            try problems(file: file, members: members) == [
                "manifest.json:\(place): error: \(message) of the file. Make them equal, or state it in one place."
            ])
    }

    @Test func `The facts of a manifest reach the migration`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "0002_x.sql": "-- strata: lock-timeout 3s"])
        try folder.write(
            "manifest.json",
            """
            {"format": 1, "migrations": [
              {"file": "0002_x.sql", "checksum": "\(checksum("-- strata: lock-timeout 3s"))", "no-transaction": true},
              {"file": "0001_x.sql", "checksum": "\(checksum(""))", "depends-on": ["seed:1"]}]}
            """)
        let migrations = try folder.source.migrations()
        #expect(migrations[0].dependencies == [MigrationID(component: .seed, version: 1)])
        #expect(
            migrations[1].directives == Migration.Directives(noTransaction: true, lockTimeout: .seconds(3)))
    }

    @Test func `A file that changed, one that is not listed and one that is gone are reported together`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;", "0002_x.sql": "SELECT 2;"])
        try folder.write(
            "manifest.json",
            """
            {"format": 1, "migrations": [
              {"file": "0001_x.sql", "checksum": "\(Self.other)"},
              {"file": "./0002_x.sql", "checksum": "\(checksum("SELECT 2;"))"}]}
            """)
        #expect(
            folder.problems() == [
                """
                0002_x.sql: error: manifest.json does not list this file. Add it there, with checksum \
                \(checksum("SELECT 2;")), or remove the file.
                """,
                """
                manifest.json:2:38: error: 0001_x.sql is not the file that is pinned here
                  pinned  \(Self.other)
                  found   \(checksum("SELECT 1;"))
                Bring the file back as it was, or pin the new one if the change is meant.
                """,
                """
                manifest.json:3:12: error: ./0002_x.sql is listed here, but is not in the folder. Bring it back, or \
                remove the entry.
                """,
            ])
        let error = #expect(throws: MigrationFilesError.self) { try folder.source.migrations() }
        #expect(Set(error?.problems.map(\.code) ?? []) == [.manifestDisagrees])
    }

    @Test func `Undo scripts are pinned beside their migrations`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "0001_x.down.sql": "DROP", "0002_x.sql": ""])
        func manifest(first: String, second: String, more: String = "") throws {
            try folder.write(
                "manifest.json",
                """
                {"format": 1, "migrations": [
                {"file": "0001_x.sql", "checksum": "\(checksum(""))"\(first)},
                {"file": "0002_x.sql", "checksum": "\(checksum(""))"\(second)}\(more)]}
                """)
        }
        let pin = #", "undo-checksum": "\#(checksum("DROP"))""#
        try manifest(first: pin, second: "")
        #expect(folder.problems().isEmpty)
        try manifest(first: "", second: pin, more: #", {"file": "0001_x.down.sql", "checksum": "\#(Self.other)"}"#)
        #expect(
            folder.problems() == [
                """
                manifest.json:2:10: error: the undo script 0001_x.down.sql is not pinned. Add "undo-checksum": \
                "\(checksum("DROP"))" to this entry.
                """,
                """
                manifest.json:3:121: error: 0002_x.sql has no undo script, but one is pinned here. Bring it back, or \
                remove the line.
                """,
                """
                manifest.json:3:199: error: 0001_x.down.sql is an undo script: pin it with "undo-checksum" in the \
                entry of its migration.
                """,
            ])
        try manifest(first: #", "undo-checksum": "\#(Self.other)""#, second: "")
        #expect(
            folder.problems().first?.hasPrefix("manifest.json:2:121: error: 0001_x.down.sql is not the file") == true)
        let migration = Migration(id: MigrationID(version: 1), name: "0001_x.sql", checksum: checksum(""))
        #expect(folder.problems { _ = try folder.source.undoScript(for: migration) }.count == 1)
    }

    @Test func `A file with a problem of its own is not reported as gone`() throws {
        let folder = try TemporaryFolder(["0001_a.sql": "", "0001_b.sql": "", "0002.sql": ""])
        try folder.write("0003_x.sql", bytes: [0xFF])
        let entries = ["0001_a.sql", "0001_b.sql", "0002.sql", "0003_x.sql"].map {
            #"{"file": "\#($0)", "checksum": "\#(checksum(""))"}"#
        }
        try folder.write("manifest.json", #"{"format": 1, "migrations": [\#(entries.joined(separator: ","))]}"#)
        #expect(folder.problems().map { $0.prefix { $0 != ":" } } == ["0001_b.sql", "0002.sql", "0003_x.sql"])
    }

    @Test func `A manifest that cannot be read is a problem beside those of the files`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "-- strata: x", "manifest.json": "{"])
        #expect(folder.problems().map { $0.prefix { $0 != " " } } == ["0001_x.sql:1:12:", "manifest.json:1:2:"])
        try folder.write("manifest.json", bytes: [0xFF, 0xFE, 0x7B, 0])
        #expect(folder.problems().last?.hasPrefix("manifest.json: error: the file is UTF-16") == true)
        try folder.remove("manifest.json")
        try folder.makeFolder("manifest.json")
        #expect(folder.problems().last?.hasPrefix("manifest.json: error: this is a folder") == true)
    }
}
