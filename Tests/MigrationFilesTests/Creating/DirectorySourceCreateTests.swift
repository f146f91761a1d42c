// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

@Suite struct DirectorySourceCreateTests {
    @Test(
        arguments: [
            ([], "core", "0001_add_users.sql"),
            ([], "billing", "billing/0001_add_users.sql"),
            (["0001_x.sql", "0002_x.sql"], "core", "0003_add_users.sql"),
            (["0001_x.sql", "0002_x.sql"], "seed", "seed/0001_add_users.sql"),
            (["core/0001_x.sql"], "core", "core/0002_add_users.sql"),
            (["core/0001_x.sql", "0002_x.sql"], "core", "0003_add_users.sql"),
            (["9_x.sql", "00010_x.up.sql", "00010_x.down.sql"], "core", "00011_add_users.sql"),
            (["billing/0007_x/up.sql", "0001_x.sql"], "billing", "billing/0008_add_users.sql"),
            (["0004_x/up.sql"], "core", "0005_add_users.sql"),
            (["20250916123000_x.sql"], "core", "20260102030405_add_users.sql"),
            (["20270916123000_x.sql"], "core", "20270916123001_add_users.sql"),
            (["0001_x.sql"], "core", "0002_add_users.sql"),
        ] as [([String], String, String)])
    func `The next file follows the newest of its component`(files: [String], component: String, next: String) throws {
        let folder = try TemporaryFolder()
        for file in files { try folder.write(file, "") }
        let name = try folder.source.nextFileName(
            description: "Add users", component: Component(component), timestamp: "20260102030405")
        #expect(name == next)
        let path = try folder.source.create(
            description: "Add users", component: Component(component), timestamp: "20260102030405")
        #expect(path == "\(folder.path)/\(next)")
        #expect(try folder.source.migrations().last { $0.id.component.name == component }?.path == next)
    }

    @Test func `A new file is a comment that declares nothing`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.source.create(description: "strata: no-transaction\n; DROP TABLE users; --")
        let text = try folder.text(of: "0001_strata_no_transaction_drop_table_users.sql")
        #expect(
            text.hasPrefix("-- 0001_strata_no_transaction_drop_table_users.sql: strata: no-transaction ; DROP TABLE"))
        #expect(text.hasSuffix("\n\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("--") })
        let migration = try #require(try folder.source.migrations().first)
        #expect(migration.directives == Migration.Directives())
        #expect(migration.dependencies.isEmpty)
    }

    @Test func `The examples in a new file are directives once their front is taken off`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.source.create(description: "x")
        try folder.write("0001_x.sql", try folder.text(of: "0001_x.sql").replacing("--   |  --", with: "--"))
        let migration = try #require(try folder.source.migrations().first)
        #expect(migration.dependencies.map(\.description) == ["core:3", "billing:12"])
        #expect(migration.directives.noTransaction)
        #expect(migration.directives.statementTimeout == .seconds(600))
    }

    @Test func `The folder is made if it is not there`() throws {
        let folder = try TemporaryFolder()
        let source = DirectorySource("\(folder.path)/db/migrations")
        #expect(try source.nextFileName(description: "x") == "0001_x.sql")
        #expect(throws: MigrationFilesError.self) { try source.migrations() }
        #expect(try source.create(description: "x") == "\(folder.path)/db/migrations/0001_x.sql")
        #expect(try source.create(description: "x", component: "b") == "\(folder.path)/db/migrations/b/0001_x.sql")
        #expect(try source.migrations().count == 2)
    }

    @Test func `Twenty files in a row get twenty numbers`() throws {
        let folder = try TemporaryFolder()
        for _ in 1...20 { _ = try folder.source.create(description: "again") }
        #expect(try folder.source.migrations().map(\.id.version) == (1...20).map { MigrationVersion($0) })
    }

    @Test func `A file with a problem in it does not stop the next one`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "-- strata: whatever"])
        #expect(try folder.source.nextFileName(description: "y") == "0002_y.sql")
    }

    @Test func `Names that are not in order do`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "1_y.sql": ""])
        #expect(folder.problems { _ = try folder.source.create(description: "z") }.count == 1)
    }

    @Test(
        arguments: [
            (
                "...", "core", nil,
                "the description has no letters or digits. Say in a few words what the migration does."
            ),
            (
                "x", "a b", nil,
                #""a b" cannot be the name of a component: it has " " in it; letters, digits, "_", "-" and "." are allowed."#
            ),
            (
                "x", "../up", nil,
                #""../up" cannot be the name of a component: it has "/" in it; letters, digits, "_", "-" and "." are allowed."#
            ),
            (
                "x", "..", nil,
                #"".." cannot be the name of a component: it begins with "."; a letter, a digit or "_" has to come first."#
            ),
            ("x", "0001_x", nil, #""0001_x" cannot be the name of a component: it has the form of a migration's."#),
            ("x", "core", "2026-01-02", #""2026-01-02" is not a time of the form yyyyMMddHHmmss."#),
        ] as [(String, String, String?, String)])
    func `An argument that cannot be used is refused`(
        description: String, component: String, timestamp: String?, message: String
    ) throws {
        let folder = try TemporaryFolder()
        let problems = folder.problems {
            _ = try folder.source.create(
                description: description, component: Component(component), timestamp: timestamp)
        }
        #expect(problems == ["\(folder.path): error: \(message)"])
        #expect(try folder.source.migrations().isEmpty)
    }

    @Test func `A folder that cannot be made is an error`() throws {
        let folder = try TemporaryFolder(["billing": "a file", "loop/x": ""])
        let inFile = folder.problems { _ = try folder.source.create(description: "x", component: "billing") }
        #expect(inFile.count == 1)
        #expect(inFile.first?.hasPrefix("billing/0001_x.sql: error: its folder cannot be made: ") == true)
        let top = folder.problems { _ = try DirectorySource("\(folder.path)/billing").create(description: "x") }
        #expect(
            top == [
                "\(folder.path)/billing: error: this is not a folder. Name the folder that holds the migration files (--migrations DIR)."
            ])
    }

    @Test func `Two at the same moment never write the same file`() async throws {
        let folder = try TemporaryFolder()
        let source = folder.source
        let created = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try? source.create(description: "race") } }
            return await group.reduce(into: []) { result, path in path.map { result.append($0) } }
        }
        #expect(Set(created).count == created.count)
        #expect(try source.migrations().count == created.count)
    }
}
