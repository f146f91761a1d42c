// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct MigrationVersionTests {
    /// Ascending, with the seams of the representation in it.
    private static let ascending = [
        "0", "1", "9", "10", "0099", "100", "2147483648", "20250916123000", "202509161230001234",
        "9223372036854775808", "18446744073709551614", "18446744073709551615", "18446744073709551616",
        "20250916123000123456", "99999999999999999999", "100000000000000000000",
        "1234567890123456789012345678901234567890",
    ]

    @Test func `versions are ordered as numbers, whatever their width`() throws {
        let versions = try Self.ascending.map { try #require(MigrationVersion($0)) }
        for (index, left) in versions.enumerated() {
            for (other, right) in versions.enumerated() {
                #expect((left < right) == (index < other), "\(left) < \(right)")
                #expect((left == right) == (index == other), "\(left) == \(right)")
            }
        }
    }

    @Test(arguments: [
        ("0001", "1"), ("000", "0"), ("00018446744073709551615", "18446744073709551615"),
        ("000018446744073709551616", "18446744073709551616"),
    ])
    func `leading zeros make no difference`(padded: String, plain: String) throws {
        let (left, right) = (try #require(MigrationVersion(padded)), try #require(MigrationVersion(plain)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.description == plain)
    }

    @Test(arguments: ["", " ", "1 ", " 1", "-1", "+1", "1.0", "1e3", "0x1", "1_0", "a", "１", "٣", "1\u{301}"])
    func `what is not decimal digits alone is no version`(text: String) {
        #expect(MigrationVersion(text) == nil)
    }

    @Test(arguments: [
        ("0", "1"), ("9", "10"), ("20250916123000", "20250916123001"),
        ("18446744073709551614", "18446744073709551615"), ("18446744073709551615", "18446744073709551616"),
        ("99999999999999999999", "100000000000000000000"), ("20250916123000123499", "20250916123000123500"),
    ])
    func `the next version is one more`(version: String, next: String) throws {
        #expect(try #require(MigrationVersion(version)).next == MigrationVersion(next))
    }

    @Test func `a number literal is a version`() {
        #expect(MigrationVersion("12") == 12)
        #expect(MigrationVersion(UInt64.max).description == "18446744073709551615")
    }
}
