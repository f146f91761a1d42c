// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct LeadingCommentsTests {
    /// The directives of a text as `line:column:text`, read in pieces of so many bytes.
    private func directives(_ text: String, pieceSize: Int = .max) -> [String] {
        var comments = LeadingComments()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            comments.consume(rest.prefix(pieceSize))
            rest = rest.dropFirst(pieceSize)
        }
        comments.finish()
        return comments.found.map { "\($0.position.line):\($0.position.column):\($0.text)" }
    }

    @Test(
        arguments: [
            ("-- strata: a\nSELECT 1;", ["1:3: strata: a"]),
            ("--strata:a", ["1:3:strata:a"]),
            ("--\tstrata: a", ["1:3:\tstrata: a"]),
            ("-- STRATA: a", ["1:3: STRATA: a"]),
            ("  -- strata: a\n\n\t\u{B}\u{C}-- strata: b\n", ["1:5: strata: a", "3:6: strata: b"]),
            ("-- one\n-- strata: a\n-- two\n-- strata: b", ["2:3: strata: a", "4:3: strata: b"]),
            ("/* x */ -- strata: a", ["1:11: strata: a"]),
            ("/* ä€𝄞 */ -- strata: a", ["1:13: strata: a"]),
            ("/* one\n two */\n-- strata: a", ["3:3: strata: a"]),
            ("/* /* nested */ -- strata: no\n */ -- strata: a", ["2:7: strata: a"]),
            ("/**/-- strata: a", ["1:7: strata: a"]),
            ("/*/ still open */-- strata: a", ["1:20: strata: a"]),
            ("/***/-- strata: a", ["1:8: strata: a"]),
            ("/*/*/**/*/*/-- strata: a", ["1:15: strata: a"]),
            ("-- strata: a\r\n-- strata: b\r\n", ["1:3: strata: a", "2:3: strata: b"]),
            ("-- strata: a\r-- strata: b\r", ["1:3: strata: a", "2:3: strata: b"]),
            ("\r\r\n\n\r-- strata: a", ["5:3: strata: a"]),
            ("-- strata: ä€\n", ["1:3: strata: ä€"]),
        ] as [(String, [String])])
    func `Directives are found with their places, however the bytes arrive`(text: String, expected: [String]) {
        for pieceSize in [1, 2, 3, 5, .max] { #expect(directives(text, pieceSize: pieceSize) == expected) }
    }

    @Test(arguments: [
        "", "-", "--", "/", "/*", "/* -- strata: a", "SELECT 1;\n-- strata: a", ";\n-- strata: a", "- -- strata: a",
        "/ -- strata: a", "/-- strata: a", "-/* -- strata: a", "\\restrict x\n-- strata: a", "---- strata: a",
        "-- use strata: a", "-- strat: a", "/* -- strata: a */", "'\n-- strata: a\n'", "/* a */ SELECT -- strata: a",
        "\u{A0}-- strata: a", "-- x /*\nSELECT 1 -- strata: a\n*/", "/* /* */ -- strata: a",
    ])
    func `Nothing else is a directive`(text: String) {
        for pieceSize in [1, 3, .max] { #expect(directives(text, pieceSize: pieceSize).isEmpty) }
    }
}
