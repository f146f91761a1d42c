// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import PostgresAdapter

@Suite("VersionColumn")
struct VersionColumnTests {
    @Test(
        "The column is the narrowest type that holds the version",
        arguments: [
            ("0", "integer"), ("2147483647", "integer"), ("2147483648", "bigint"), ("20250916123000", "bigint"),
            ("9223372036854775807", "bigint"), ("9223372036854775808", "numeric"), ("20250916123000000001", "numeric"),
            ("123456789012345678901234567890", "numeric"),
        ])
    func narrowest(digits: String, type: String) throws {
        let version = try #require(MigrationVersion(digits))
        #expect(VersionColumn(holding: version).rawValue == type)
    }

    @Test("Types are ordered from narrow to wide, so that a column is only ever widened")
    func order() {
        #expect([VersionColumn.numeric, .integer, .bigint].sorted() == [.integer, .bigint, .numeric])
    }

    @Test(
        "A type that is none of the three is not taken for one",
        arguments: ["smallint", "text", "character varying", ""])
    func unknown(type: String) {
        #expect(VersionColumn(rawValue: type) == nil)
    }
}
