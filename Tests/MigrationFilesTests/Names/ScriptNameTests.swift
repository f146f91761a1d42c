// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct ScriptNameTests {
    @Test(arguments: [
        ("1_x.sql", FileRole.migration), ("1_x.up.sql", .migration), ("1_x.down.sql", .undo), ("1_x.DOWN.Sql", .undo),
        ("1_x.UP.SQL", .migration), ("1_down.sql", .migration), ("1_x.up.down.sql", .undo),
        ("1_x.down.up.sql", .migration), ("1_x.undo.sql", .migration), ("1_down.down.sql", .undo),
    ])
    func `The ending before .sql says what a script does`(name: String, role: FileRole) throws {
        #expect(ScriptName.claims(name))
        #expect(try ScriptName(name).role == role)
    }

    @Test(arguments: ["1_x", "1_x.sql.bak", "1_x.sqlx", "1_xsql", "sql", "", "1_x.psql"])
    func `What does not end with .sql is none of ours`(name: String) {
        #expect(!ScriptName.claims(name))
    }

    @Test(arguments: [".sql", "1.sql", "1_.up.sql", "1.up.sql", "up.sql", "down.sql", "x.sql"])
    func `A script without version or description has no valid name`(name: String) {
        #expect(ScriptName.claims(name))
        #expect(throws: InvalidText.self) { try ScriptName(name) }
    }
}
