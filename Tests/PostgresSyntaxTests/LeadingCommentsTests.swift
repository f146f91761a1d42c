// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("LeadingComments")
struct LeadingCommentsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// `line:column:text`
        var comments: [String]

        init(_ text: String, _ comments: [String]) {
            self.text = text
            self.comments = comments
        }

        var testDescription: String { text.debugDescription }
    }

    static let cases: [Case] = [
        Case("", []),
        Case("-", []),
        Case("--", ["1:1:"]),
        Case("-- a", ["1:1: a"]),
        Case("-- a\n-- b\nSELECT 1; -- c\n", ["1:1: a", "2:1: b"]),
        Case("\u{FEFF}-- a\r\n  --b\r\n\r\nSELECT 1;", ["1:1: a", "2:3:b"]),
        Case("-- a\r-- b\r", ["1:1: a", "1:6: b"]),
        Case("/* x */-- a\n/* y /* z */ -- no\n*/ -- b\nSELECT", ["1:8: a", "3:4: b"]),
        Case("/* ü */ -- ü\n -- b", ["1:9: ü", "2:2: b"]),
        Case("/* not closed -- a\n-- b", []),
        Case("SELECT 1 -- a", []),
        Case("; -- a", []),
        Case("- -- a", []),
        Case("-- a\n\\restrict x\n-- b", ["1:1: a"]),
        Case("---- a ----\n", ["1:1:-- a ----"]),
    ]

    @Test("Line comments before the first statement are found", arguments: cases)
    func comments(_ testCase: Case) {
        let bytes = Array(testCase.text.utf8)
        let found = LeadingComments.read(in: bytes.span).map { comment in
            "\(comment.position.line):\(comment.position.column):"
                + String(decoding: bytes[comment.text], as: UTF8.self)
        }
        #expect(found == testCase.comments)
    }

    @Test("A comment's range begins at its first dash")
    func range() throws {
        let bytes = Array("\u{FEFF} -- a\n".utf8)
        let comment = try #require(LeadingComments.read(in: bytes.span).first)
        #expect(comment.range == 4..<8)
        #expect(comment.text == 6..<8)
    }
}
