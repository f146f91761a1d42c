// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

@Suite struct MigrationManifestTests {
    private static let checksum = Checksum(of: Array("abc".utf8))

    @Test func `A manifest without migrations is JSON too`() {
        #expect(MigrationManifest(migrations: []).json == "{\n  \"format\": 1,\n  \"migrations\": []\n}\n")
    }

    @Test func `Each migration is one line, and says only what is not the default`() {
        let manifest = MigrationManifest(migrations: [
            MigrationManifest.Entry(file: "0001_x.sql", checksum: Self.checksum),
            MigrationManifest.Entry(
                file: "billing/0002_\"ä\".sql", checksum: Self.checksum, undoChecksum: Self.checksum,
                dependencies: [MigrationID(version: 1), MigrationID(component: "billing", version: 1)],
                directives: Migration.Directives(
                    noTransaction: true, lockTimeout: .seconds(3), statementTimeout: .seconds(600),
                    compatibleWith: MigrationID(version: 1))),
        ])
        #expect(
            manifest.json == """
                {
                  "format": 1,
                  "migrations": [
                    {"file": "0001_x.sql", "checksum": "\(Self.checksum)"},
                    {"file": "billing/0002_\\"ä\\".sql", "checksum": "\(Self.checksum)", "undo-checksum": \
                "\(Self.checksum)", "depends-on": ["core:1", "billing:1"], "no-transaction": true, "lock-timeout": "3s", \
                "statement-timeout": "10min", "compatible-with": "core:1"}
                  ]
                }

                """)
    }

    @Test func `The manifest of a folder describes it, and agrees with it when it is written`() throws {
        let folder = try TemporaryFolder([
            "0001_x.sql": "SELECT 1;", "0001_x.down.sql": "SELECT 0;",
            "billing/0002_x/up.sql": "-- strata: depends-on core:1\n-- strata: lock-timeout 90s\nSELECT 2;",
            "seed/1_x.up.sql": "-- strata: no-transaction\n",
        ])
        let before = try folder.source.migrations()
        let manifest = try folder.source.manifest()
        #expect(manifest.migrations.map(\.file) == before.map(\.path))
        #expect(manifest.migrations.map(\.checksum) == before.map(\.checksum))
        #expect(manifest.migrations.map(\.dependencies) == before.map(\.dependencies))
        #expect(manifest.migrations.map(\.directives) == before.map(\.directives))
        #expect(manifest.migrations.map(\.undoChecksum) == [Checksum(of: Array("SELECT 0;".utf8)), nil, nil])

        let path = try folder.source.writeManifest()
        #expect(path == "\(folder.path)/manifest.json")
        #expect(try folder.text(of: "manifest.json") == manifest.json)
        #expect(try folder.source.migrations() == before)
        #expect(try folder.source.manifest() == manifest)
        #expect(try folder.source.undoScript(for: before[0])?.bytes == Array("SELECT 0;".utf8))
    }

    @Test func `Writing it anew pins what is there and keeps what only the manifest says`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;", "0002_x.sql": "SELECT 2;"])
        try folder.write(
            "manifest.json",
            """
            {"format": 1, "migrations": [
              {"file": "0002_x.sql", "checksum": "\(Self.checksum)", "depends-on": ["1"], "lock-timeout": "3s"},
              {"file": "0009_gone.sql", "checksum": "\(Self.checksum)", "no-transaction": true}]}
            """)
        try folder.write("0003_new.sql", "SELECT 3;")
        #expect(folder.problems().count == 4)
        try folder.source.writeManifest()
        let migrations = try folder.source.migrations()
        #expect(migrations.map(\.versionText) == ["0001", "0002", "0003"])
        #expect(migrations[1].dependencies == [MigrationID(version: 1)])
        #expect(migrations[1].directives.lockTimeout == .seconds(3))
    }

    @Test func `A new entry may be without a checksum until it is written anew`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;"])
        try folder.write("manifest.json", #"{"format":1,"migrations":[{"file":"0001_x.sql","no-transaction":true}]}"#)
        #expect(folder.problems() == [#"manifest.json:1:27: error: "checksum" of 0001_x.sql is missing."#])
        try folder.source.writeManifest()
        #expect(try folder.source.migrations().first?.directives.noTransaction == true)
    }

    @Test func `A manifest that contradicts the files is not written anew`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "-- strata: lock-timeout 3s\nSELECT 1;"])
        let text = #"{"format": 1, "migrations": [{"file": "0001_x.sql", "lock-timeout": "5s"}]}"#
        try folder.write("manifest.json", text)
        #expect(throws: MigrationFilesError.self) { try folder.source.writeManifest() }
        #expect(try folder.text(of: "manifest.json") == text)
    }

    @Test func `A folder that takes no file is an error`() throws {
        let folder = try TemporaryFolder()
        let source = DirectorySource("\(folder.path)/nowhere")
        #expect(throws: MigrationFilesError.self) { try source.writeManifest() }
    }
}
