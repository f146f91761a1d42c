// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

@Suite struct DirectorySourceTests {
    @Test func `Files at the top belong to core, files in a folder to the component of its name`() throws {
        let folder = try TemporaryFolder([
            "0001_baseline.sql": "SELECT 1;", "0002_more.sql": "SELECT 2;", "seed/0001_demo_users.sql": "SELECT 3;",
            "billing/0001_invoices.sql": "SELECT 4;",
        ])
        let migrations = try folder.source.migrations()
        #expect(migrations.map(\.id) == ["core:1", "core:2", "billing:1", "seed:1"].map { MigrationID($0) })
        #expect(
            migrations.map(\.path) == [
                "0001_baseline.sql", "0002_more.sql", "billing/0001_invoices.sql", "seed/0001_demo_users.sql",
            ])
        #expect(
            migrations.map(\.name) == [
                "0001_baseline.sql", "0002_more.sql", "0001_invoices.sql", "0001_demo_users.sql",
            ])
        #expect(migrations.map(\.versionText) == ["0001", "0002", "0001", "0001"])
    }

    struct Form: CustomTestStringConvertible {
        var file: String
        var id: String
        var name: String
        var testDescription: String { file }
    }

    @Test(arguments: [
        Form(file: "0007_x.sql", id: "core:7", name: "0007_x.sql"),
        Form(file: "7_x.sql", id: "core:7", name: "7_x.sql"),
        Form(file: "0_x.sql", id: "core:0", name: "0_x.sql"),
        Form(file: "0007_x.up.sql", id: "core:7", name: "0007_x.up.sql"),
        Form(file: "0007_x/up.sql", id: "core:7", name: "0007_x/up.sql"),
        Form(file: "0007_x/UP.SQL", id: "core:7", name: "0007_x/UP.SQL"),
        Form(file: "core/0007_x.sql", id: "core:7", name: "0007_x.sql"),
        Form(file: "core/0007_x/up.sql", id: "core:7", name: "0007_x/up.sql"),
        Form(file: "billing/0007_x.sql", id: "billing:7", name: "0007_x.sql"),
        Form(file: "billing/0007_x.Up.Sql", id: "billing:7", name: "0007_x.Up.Sql"),
        Form(file: "billing/0007_x/up.sql", id: "billing:7", name: "0007_x/up.sql"),
        Form(file: "0007_x.SQL", id: "core:7", name: "0007_x.SQL"),
        Form(file: "0007__two__lines.sql", id: "core:7", name: "0007__two__lines.sql"),
        Form(file: "0007_add users & more.v2.sql", id: "core:7", name: "0007_add users & more.v2.sql"),
        Form(file: "0007_up.sql", id: "core:7", name: "0007_up.sql"),
        Form(file: "0007_down.sql", id: "core:7", name: "0007_down.sql"),
        Form(file: "0007_größe.sql", id: "core:7", name: "0007_größe.sql"),
        Form(file: "2024/0007_x.sql", id: "2024:7", name: "0007_x.sql"),
        Form(file: "über-uns_2.0/0007_x.sql", id: "über-uns_2.0:7", name: "0007_x.sql"),
    ])
    func `Each form of a name gives component, version, name and path`(_ form: Form) throws {
        let folder = try TemporaryFolder()
        try folder.write(form.file, "SELECT 1;")
        let migration = try #require(try folder.source.migrations().first)
        #expect(migration.id == MigrationID(form.id))
        #expect(migration.name == form.name)
        #expect(migration.path == form.file)
    }

    @Test func `Versions of any width are ordered by number`() throws {
        let versions = [
            "2", "0010", "00011", "20250916123000", "202509161230001234", "20250916123000123456",
            "99999999999999999999999999999999999999",
        ]
        let folder = try TemporaryFolder()
        for version in versions.reversed() { try folder.write("\(version)_x.sql", "SELECT \(version);") }
        #expect(try folder.source.migrations().map(\.versionText) == versions)
    }

    @Test(arguments: 1...8)
    func `The order does not depend on the order in which files were created`(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed))
        let files = (1...20).flatMap { ["\($0)_x.sql", "a/\($0)_x/up.sql", "seed/0\($0)_x.up.sql", "B/\($0)_x.sql"] }
        let folder = try TemporaryFolder()
        for file in files.shuffled(using: &generator) { try folder.write(file, "SELECT '\(file)';") }
        let found = try folder.source.migrations()
        #expect(found.map(\.id) == found.map(\.id).sorted())
        #expect(found.count == files.count)
        #expect(found.prefix(21).map(\.path) == (1...20).map { "\($0)_x.sql" } + ["B/1_x.sql"])
        #expect(found.last?.path == "seed/020_x.up.sql")
    }

    @Test func `What is no script is ignored`() throws {
        let folder = try TemporaryFolder([
            "0001_x.sql": "SELECT 1;", "README.md": "", "0002_x.sql.bak": "", "0003_x.txt": "", ".0004_x.sql": "",
            ".git/0005_x.sql": "", "billing/README": "", "billing/.0001_x.sql": "", "billing/old/0006_x.sql": "",
            "billing/0007_x.md": "", "not a component/readme.md": "", "0008_notes/readme.md": "", "sql": "",
            "billing/manifest.json": "not JSON",
        ])
        try folder.makeFolder("empty")
        try folder.makeFolder("0009_empty")
        #expect(try folder.source.migrations().map(\.path) == ["0001_x.sql"])
    }

    @Test func `An empty folder is a source without migrations`() throws {
        let folder = try TemporaryFolder()
        #expect(try folder.source.migrations().isEmpty)
    }

    @Test func `The checksum is SHA-256 of the bytes, and the script is these bytes`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("SELECT 'ä';\r\n".utf8)
        let folder = try TemporaryFolder(["0002_abc.sql": "abc", "0003_empty.sql": ""])
        try folder.write("0001_mark.sql", bytes: bytes)
        let migrations = try folder.source.migrations()
        #expect(migrations[0].checksum == Checksum(of: bytes))
        #expect(
            migrations[1].checksum.hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            migrations[2].checksum.hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(try folder.source.script(for: migrations[0]).bytes == bytes)
        #expect(try folder.source.script(for: migrations[2]).bytes.isEmpty)
    }

    @Test func `Links to files and folders are followed`() throws {
        let elsewhere = try TemporaryFolder(["file": "SELECT 1;", "billing/0001_x.sql": "", "version/up.sql": ""])
        let folder = try TemporaryFolder()
        try folder.link("0001_x.sql", to: "\(elsewhere.path)/file")
        try folder.link("billing", to: "\(elsewhere.path)/billing")
        try folder.link("0002_x", to: "\(elsewhere.path)/version")
        #expect(try folder.source.migrations().map(\.path) == ["0001_x.sql", "0002_x/up.sql", "billing/0001_x.sql"])
        let whole = try TemporaryFolder()
        try whole.link("migrations", to: folder.path)
        #expect(try DirectorySource("\(whole.path)/migrations/").migrations().count == 3)
    }

    @Test func `A migration carries what its directives declare`() throws {
        let folder = try TemporaryFolder([
            "0001_x.sql": "SELECT 1;",
            "billing/0002_x.sql": """
            -- strata: depends-on core:3, 1
            -- strata: depends-on core:0001
            -- strata: no-transaction
            -- strata: lock-timeout 3s
            -- strata: statement-timeout 10min
            SELECT 1;
            """,
        ])
        let migrations = try folder.source.migrations()
        #expect(migrations[0].dependencies.isEmpty)
        #expect(migrations[0].directives == Migration.Directives())
        #expect(migrations[1].dependencies == ["core:1", "core:3", "billing:1"].map { MigrationID($0) })
        #expect(
            migrations[1].directives
                == Migration.Directives(
                    noTransaction: true, lockTimeout: .seconds(3), statementTimeout: .seconds(600)))
    }

    @Test func `The source works through the protocol`() async throws {
        func count(_ source: some MigrationSource) async throws -> Int {
            let migrations = try await source.migrations()
            for migration in migrations { _ = try await MigrationBatch([], from: source).script(for: migration) }
            return migrations.count
        }
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;", "0002_x.sql": "SELECT 2;"])
        #expect(try await count(folder.source) == 2)
    }
}
