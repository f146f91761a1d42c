// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct ComponentNameTests {
    @Test(arguments: ["core", "seed", "billing-2", "a.b", "_private", "2024", "Über", "日本", "a_b-c.d"])
    func `Letters, digits, underscores, hyphens and dots make a name`(name: String) {
        #expect(ComponentName.fault(in: name) == nil)
    }

    @Test(arguments: [
        ("", "is empty"), (".hidden", "begins with \".\""), ("-x", "begins with \"-\""), ("a b", "has \" \" in it"),
        ("a:1", "has \":\" in it"), ("a,b", "has \",\" in it"), ("a/b", "has \"/\" in it"),
        ("a'b", "has \"'\" in it"), ("a\u{0}b", "has \"\\u{0}\" in it"), ("🐘", "has \"🐘\" in it"),
    ])
    func `Everything else has a fault`(name: String, fault: String) {
        #expect(ComponentName.fault(in: name)?.hasPrefix(fault) == true)
    }

    @Test func `The length is counted as PostgreSQL counts characters`() {
        #expect(ComponentName.fault(in: String(repeating: "é", count: 100)) == nil)
        #expect(ComponentName.fault(in: String(repeating: "e\u{301}", count: 51))?.hasPrefix("has 102") == true)
    }
}
