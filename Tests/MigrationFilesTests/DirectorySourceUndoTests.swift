// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

@Suite struct DirectorySourceUndoTests {
    @Test(arguments: [
        ("0001_x.sql", "0001_x.down.sql"), ("0001_x.up.sql", "0001_x.down.sql"), ("0001_x.sql", "1_y.DOWN.sql"),
        ("0001_x/up.sql", "0001_x/down.sql"), ("0001_x.sql", "0001_x/down.sql"), ("0001_x.sql", "core/0001_x.down.sql"),
        ("billing/0001_x/up.sql", "billing/0001_x/DOWN.sql"), ("billing/0001_x.sql", "billing/0001_x.down.sql"),
    ])
    func `The undo script of a version is found in each of its forms`(up: String, down: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(up, "CREATE TABLE t ();")
        try folder.write(down, "DROP TABLE t;")
        let migrations = try folder.source.migrations()
        #expect(migrations.map(\.path) == [up])
        #expect(try folder.source.undoScript(for: migrations[0])?.bytes == Array("DROP TABLE t;".utf8))
    }

    @Test func `A migration without an undo script has none`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "0002_x.sql": "", "0002_x.down.sql": ""])
        let migrations = try folder.source.migrations()
        #expect(try folder.source.undoScript(for: migrations[0]) == nil)
        #expect(try folder.source.undoScript(for: migrations[1])?.bytes == Array("".utf8))
    }

    @Test func `An undo script changes neither the checksum nor the directives of its migration`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;"])
        let before = try folder.source.migrations()
        try folder.write("0001_x.down.sql", "-- strata: no-transaction\n-- strata: whatever\nSELECT 2;")
        #expect(try folder.source.migrations() == before)
    }

    @Test func `An undo script that is no text is reported like any file`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;"])
        try folder.write("0001_x.down.sql", bytes: [0x41, 0xFF])
        #expect(
            folder.problems().map { $0.prefix(34) } == ["0001_x.down.sql:1: error: not UTF-8"].map { $0.prefix(34) })
        let migration = Migration(id: MigrationID(version: 1), name: "0001_x.sql", checksum: Checksum(of: []))
        #expect(folder.problems { _ = try folder.source.undoScript(for: migration) }.count == 1)
    }
}
