// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct NextVersionTests {
    private func next(_ newest: String?, timestamp: String? = nil) throws -> String {
        let file = try newest.map { text in
            ScriptFile(
                id: MigrationID(version: try #require(MigrationVersion(text))), versionText: text, role: .migration,
                path: "\(text)_x.sql", name: "\(text)_x.sql")
        }
        return NextVersion.digits(after: file, timestamp: timestamp)
    }

    @Test(
        arguments: [
            (nil, "0001"), ("0001", "0002"), ("7", "0008"), ("0", "0001"), ("0099", "0100"), ("9999", "10000"),
            ("000009", "000010"), ("99999", "100000"), ("18446744073709551615", "18446744073709551616"),
            ("20250916123000", "20250916123001"), ("202509161230001234", "202509161230001235"),
            ("99999999999999999999", "100000000000000000000"),
        ] as [(String?, String)])
    func `The next number is as wide as the newest, and has four digits at least`(newest: String?, next: String) throws
    {
        #expect(try self.next(newest) == next)
    }

    @Test(arguments: [
        ("20250916123000", "20250916123000"), ("20260101000000", "20260101000000"),
        ("00070101000000", "00070101000001"),
    ])
    func `Where versions are times, the next is the time`(newest: String, expected: String) throws {
        let now = "20260102030405"
        let isTime = NextVersion.isTimestamp(newest)
        #expect(try next(newest, timestamp: now) == (isTime ? now : expected))
    }

    @Test func `A clock that is behind does not make a version that is out of order`() throws {
        #expect(try next("20260102030459", timestamp: "20260102030459") == "20260102030460")
        #expect(try next("20260102030460", timestamp: "20260102030459") == "20260102030461")
    }

    @Test func `A counted component takes no time`() throws {
        #expect(try next("0007", timestamp: "20260102030405") == "0008")
        #expect(try next(nil, timestamp: "20260102030405") == "0001")
    }

    @Test(arguments: [
        ("20250916123000", true), ("19700101000000", true), ("20250916123099", true), ("20251316123000", false),
        ("20250900123000", false), ("20250932123000", false), ("20250916243000", false), ("20250916126000", false),
        ("00000000000001", false), ("2025091612300", false), ("202509161230001", false), ("2025091612300x", false),
        ("", false), ("２0250916123000", false),
    ])
    func `A time has fourteen digits that can be one`(text: String, isTimestamp: Bool) {
        #expect(NextVersion.isTimestamp(text) == isTimestamp)
    }
}
