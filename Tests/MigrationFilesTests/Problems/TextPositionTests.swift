// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct TextPositionTests {
    @Test(arguments: [("", 1), ("abc", 4), ("äöü", 4), ("€", 2), ("𝄞", 2), ("e\u{301}", 3), ("\t", 2)])
    func `A column is a character, however many bytes it has`(text: String, column: Int) {
        var position = TextPosition.start
        for byte in text.utf8 { position.pass(byte) }
        #expect(position == TextPosition(line: 1, column: column))
    }

    @Test func `A line's end begins the next line at its first column`() {
        var position = TextPosition(line: 3, column: 17)
        position.passLineEnd()
        #expect(position == TextPosition(line: 4, column: 1))
        #expect(position.advanced(by: 4) == TextPosition(line: 4, column: 5))
    }
}
