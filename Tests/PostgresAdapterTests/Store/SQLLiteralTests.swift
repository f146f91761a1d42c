// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("SQLLiteral")
struct SQLLiteralTests {
    @Test(
        "A string is written so that quotes and backslashes stay what they are",
        arguments: [
            ("", "''"), ("plain", "'plain'"), ("it's", "'it''s'"), ("''", "''''''"), (#"C:\temp"#, #"E'C:\\temp'"#),
            (#"\'"#, #"E'\\'''"#), ("é;--", "'é;--'"), ("\u{600}'", "'\u{600}'''"), ("'\u{301}", "'''\u{301}'"),
            ("\u{600}\\", "E'\u{600}\\\\'"), ("\\\u{200D}x", "E'\\\\\u{200D}x'"),
        ])
    func strings(text: String, literal: String) {
        #expect(SQLLiteral.string(text) == literal)
    }

    @Test(
        "An identifier is always quoted, with quotes in it doubled",
        arguments: [
            ("name", #""name""#), ("Name", #""Name""#), (#"a"b"#, #""a""b""#), ("a.b", #""a.b""#), ("a'b", #""a'b""#),
            ("\u{600}\"", "\"\u{600}\"\"\""), ("\"\u{301}", "\"\"\"\u{301}\""), ("\"\u{200D}", "\"\"\"\u{200D}\""),
        ])
    func identifiers(name: String, literal: String) {
        #expect(SQLLiteral.identifier(name) == literal)
    }

    /// Signs that end a literal, with what makes another character of them for Swift.
    private static let combined = ["'", "\"", "\\"].flatMap { sign in
        [
            "\u{600}\(sign)", "\(sign)\u{301}", "\(sign)\u{200D}", "\u{600}\(sign);DROP TABLE t;--",
            "\(sign)\(sign)\u{301}",
        ]
    }

    @Test("PostgreSQL reads every string back as it was, however it reads backslashes", arguments: ["on", "off"])
    func roundTrip(conforming: String) async throws {
        let texts = ["it's", #"\"#, #"\\'\'"#, #"a\nb"#, "line\nline", "é 漢 🐘", "';--", "$$"] + Self.combined
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                try await connection.query("SET standard_conforming_strings = \(conforming)")
                for text in texts {
                    let rows = try await connection.query(
                        "SELECT \(SQLLiteral.string(text)) AS \(SQLLiteral.identifier(text))")
                    #expect(rows.first?.first??.utf8.elementsEqual(text.utf8) == true, "\(rows)")
                }
                await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1\0") }
            }
        }
    }

    @Test(
        "A duration is whole milliseconds; only zero, which switches a limit off, becomes 0",
        arguments: [
            (Duration.zero, "'0ms'"), (.seconds(3), "'3000ms'"), (.milliseconds(1), "'1ms'"),
            (.microseconds(10), "'1ms'"),
            (.milliseconds(1500), "'1500ms'"), (.seconds(600), "'600000ms'"), (.seconds(-1), "'0ms'"),
        ])
    func durations(duration: Duration, literal: String) {
        #expect(SQLLiteral.milliseconds(duration) == literal)
    }
}
