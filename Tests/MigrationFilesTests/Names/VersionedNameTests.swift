// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct VersionedNameTests {
    @Test(arguments: [
        ("0001_x", "0001"), ("1_x", "1"), ("000_x", "000"), ("20250916123000_add", "20250916123000"),
        ("18446744073709551616_x", "18446744073709551616"), ("1_1", "1"), ("1__x", "1"), ("1_-x", "1"), ("1_日本", "1"),
    ])
    func `A version, an underscore and a description are a name`(name: String, digits: String) throws {
        let read = try VersionedName(name)
        #expect(read.versionText == digits)
        #expect(read.version == MigrationVersion(digits))
    }

    @Test(arguments: [
        "", "_x", "x", "0001", "0001x", "0001-x", "0001_", "0001__", "0001_ ", "0001_.", " 1_x", "+1_x", "1.0_x", "１_x",
        "1\u{301}_x", "1_x\u{7}",
    ])
    func `Anything else is none`(name: String) {
        #expect(throws: InvalidText.self) { try VersionedName(name) }
    }
}
