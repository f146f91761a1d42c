// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

/// Builds that files and manifest name, seen from outside.
@Suite struct BuildReferencesTests {
    private static let advice = "Name the newest migration of the oldest build that can work with the schema."

    @Test(arguments: ["core:1", "core:0002", "core:3", "billing:1", "billing:7", "3"])
    func `A build is named by any migration of the folder that is no newer`(build: String) throws {
        let folder = try TemporaryFolder([
            "0001_a.sql": "", "0002_b.sql": "", "0003_c.sql": "-- strata: compatible-with \(build)\n",
            "billing/0001_d.sql": "", "billing/0007_e.sql": "",
        ])
        #expect(folder.problems() == [])
        let migrations = try folder.source.migrations()
        #expect(migrations[2].directives.compatibleWith == MigrationID(build))
        #expect(migrations.count { $0.directives.compatibleWith != nil } == 1)
    }

    @Test(arguments: [
        ("core:2", "core:2, which is not in the folder, so no build can have had it"),
        ("billing:2", "billing:2, which is not in the folder, so no build can have had it"),
        ("orders:1", "orders:1, which is not in the folder, so no build can have had it"),
        ("4", "core:4, which is newer than this migration, core:3: no build had it without this one"),
        ("core:5", "core:5, which is newer than this migration, core:3: no build had it without this one"),
    ])
    func `A build that cannot have existed is an error at its place`(build: String, fault: String) throws {
        let folder = try TemporaryFolder([
            "0001_a.sql": "", "0003_c.sql": "\n-- strata: compatible-with  \(build)\n", "0004_d.sql": "",
            "billing/0001_d.sql": "",
        ])
        #expect(
            folder.problems() == ["0003_c.sql:2:29: error: compatible-with names \(fault). \(Self.advice)"])
        #expect(throws: MigrationFilesError.self) { try folder.source.migrations() }
    }

    @Test func `What the manifest declares reaches the migration, and is checked where it stands`() throws {
        let folder = try TemporaryFolder(["0001_a.sql": "", "0002_b.sql": "SELECT 2;"])
        func manifest(_ build: String) -> String {
            """
            {"format": 1, "migrations": [
            {"file": "0001_a.sql", "checksum": "\(Checksum(of: []))"},
            {"file": "0002_b.sql", "checksum": "\(Checksum(of: Array("SELECT 2;".utf8)))",
             "compatible-with": "\(build)"}]}
            """
        }
        try folder.write("manifest.json", manifest("core:1"))
        #expect(try folder.source.migrations().map(\.directives.compatibleWith) == [nil, MigrationID(version: 1)])
        try folder.write("manifest.json", manifest("core:0"))
        #expect(
            folder.problems() == [
                """
                manifest.json:4:21: error: compatible-with names core:0, which is not in the folder, so no build can have \
                had it. \(Self.advice)
                """
            ])
        try folder.write("0002_b.sql", "-- strata: compatible-with 2\n")
        #expect(
            folder.problems().contains { $0.hasPrefix("manifest.json:4:21: error: compatible-with names core:0") })
    }

    @Test func `File and manifest have to agree`() throws {
        let text = "-- strata: compatible-with 1\n"
        let folder = try TemporaryFolder(["0001_a.sql": "", "0002_b.sql": text])
        try folder.write(
            "manifest.json",
            """
            {"format": 1, "migrations": [
            {"file": "0001_a.sql", "checksum": "\(Checksum(of: []))"},
            {"file": "0002_b.sql", "checksum": "\(Checksum(of: Array(text.utf8)))", "compatible-with": "2"}]}
            """)
        #expect(
            folder.problems() == [
                """
                manifest.json:3:123: error: compatible-with of 0002_b.sql is core:2 here, but core:1 in line 1 of the file. \
                Make them equal, or state it in one place.
                """
            ])
    }
}
