// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct FileDescriptionTextTests {
    @Test(arguments: [
        ("add users", "add_users"), ("Add Users' E-Mail!", "add_users_e_mail"), ("add_users", "add_users"),
        ("  many   blanks\n", "many_blanks"), ("../../etc/passwd", "etc_passwd"), ("a/b\\c", "a_b_c"), ("v2", "v2"),
        ("Größe ändern", "größe_ändern"), ("日本 語", "日本_語"), ("-- DROP TABLE x; --", "drop_table_x"), ("x.sql", "x_sql"),
    ])
    func `Words are joined in small letters`(description: String, name: String) {
        #expect(FileDescriptionText.fileName(for: description) == name)
    }

    @Test(arguments: ["", "   ", "...", "!?", "🐘"])
    func `A text without words is none`(description: String) {
        #expect(FileDescriptionText.fileName(for: description) == nil)
    }

    @Test func `A long description ends after a word that fits`() {
        let name = FileDescriptionText.fileName(for: String(repeating: "many words ", count: 100))
        #expect(name?.utf8.count == 120)
        #expect(name?.hasSuffix("_words") == true)
        #expect(FileDescriptionText.fileName(for: String(repeating: "語", count: 100))?.utf8.count == 120)
        #expect(FileDescriptionText.fileName(for: String(repeating: "x", count: 1000))?.utf8.count == 120)
    }

    @Test func `A description in a comment has one line`() {
        #expect(FileDescriptionText.line(for: " a\nDROP TABLE b;\r\n\u{1B}c ") == "a DROP TABLE b; \\u{1b}c")
    }
}
