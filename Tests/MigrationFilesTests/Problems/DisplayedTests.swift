// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct DisplayedTests {
    @Test(arguments: [
        ("0001_x.sql", "0001_x.sql"), ("größe 日本 🐘", "größe 日本 🐘"), ("", "\"\""), ("a\nb", "a\\u{a}b"),
        ("\u{1B}[31m", "\\u{1b}[31m"), ("a\u{202E}b", "a\\u{202e}b"), ("a\u{2028}b", "a\\u{2028}b"),
        ("\r\n", "\\u{d}\\u{a}"),
    ])
    func `What would break a line or steer a terminal is escaped`(text: String, shown: String) {
        #expect(Displayed(text).description == shown)
    }

    @Test func `A very long text is shortened`() {
        #expect(Displayed(String(repeating: "x", count: 100_000)).description.count == 301)
        #expect(Displayed(String(repeating: "x", count: 255)).description.count == 255)
    }
}
