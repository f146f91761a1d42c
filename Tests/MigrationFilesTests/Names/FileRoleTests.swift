// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct FileRoleTests {
    @Test(arguments: [("up.sql", FileRole.migration), ("UP.sql", .migration), ("down.sql", .undo), ("Down.SQL", .undo)])
    func `In a version's folder the name says it all`(name: String, role: FileRole) {
        #expect(FileRole(nameInFolder: name) == role)
    }

    @Test(arguments: ["up", "up.sql.bak", "0001_up.sql", "upp.sql", " up.sql", "migration.sql", ""])
    func `Other names have no role`(name: String) {
        #expect(FileRole(nameInFolder: name) == nil)
    }
}
