// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

struct LargeScriptTests {
    private static let text = String(repeating: "SELECT 'é';\n", count: 200_000)

    private func script(_ folder: TemporaryFolder) throws -> (Migration, MigrationScript) {
        let migration = try #require(try folder.source.migrations().first)
        return (migration, try folder.source.script(for: migration))
    }

    @Test func `A large file stays where it is, a small one is read`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": Self.text])
        let (migration, script) = try script(folder)
        #expect(!script.isInMemory)
        #expect(script.byteCount == Self.text.utf8.count)
        #expect(try Checksum(of: script) == migration.checksum)
        #expect(try script.bytes == Array(Self.text.utf8))
        try folder.write("0001_x.sql", bytes: Array(repeating: 0x20, count: LargeScript.threshold))
        #expect(try self.script(folder).1.isInMemory)
    }

    @Test func `A file that is put in its place meanwhile is not read`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": Self.text])
        let (migration, script) = try script(folder)
        try folder.remove("0001_x.sql")
        try folder.write("0001_x.sql", "SELECT 2;")
        #expect(try Checksum(of: script) == migration.checksum)
    }

    @Test func `A file that is cut short meanwhile is an error that names it`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": Self.text])
        let (_, script) = try script(folder)
        try folder.write("0001_x.sql", bytes: Array("SELECT 1;".utf8))
        let error = try #require(throws: MigrationFilesError.self) { try script.bytes }
        #expect(error.problems.map(\.path) == ["0001_x.sql"])
        #expect(error.description.contains("the file changed while it was read"))
    }
}
