// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct MigrationTests {
    private let checksum = Checksum(of: [])

    @Test func `the path defaults to the name, with the component before it where that is not core`() {
        #expect(Migration(id: "1", name: "0001_a.sql", checksum: checksum).path == "0001_a.sql")
        #expect(Migration(id: "billing:1", name: "0001_a.sql", checksum: checksum).path == "billing/0001_a.sql")
        #expect(Migration(id: "1", name: "0001_a.sql", checksum: checksum, path: "m/0001_a.sql").path == "m/0001_a.sql")
    }

    @Test func `the version's text defaults to the plain number`() {
        #expect(Migration(id: "0007", name: "a", checksum: checksum).versionText == "7")
        #expect(Migration(id: "7", name: "a", checksum: checksum, versionText: "0007").versionText == "0007")
    }

    @Test(
        arguments: [
            ("0007_a.sql", "core:7", "0007", "0007_a.sql"), ("7_a.sql", "billing:7", "7", "billing/7_a.sql"),
            ("0008_a.sql", "core:7", "7", "0008_a.sql"), ("a.sql", "core:7", "7", "a.sql"),
            ("", "core:7", "7", "core:7"),
            (nil, "billing:7", "7", "billing:7"),
        ] as [(String?, MigrationID, String, String)])
    func `a migration without a file is shown as the history knows it`(
        recorded: String?, id: MigrationID, versionText: String, name: String
    ) {
        let entry = HistoryEntry(id: id, checksum: checksum, name: recorded)
        let status = MigrationStatus(id: id, state: .ahead, migration: nil, entry: entry)
        #expect(status.versionText == versionText)
        #expect(status.name == name)
    }
}
