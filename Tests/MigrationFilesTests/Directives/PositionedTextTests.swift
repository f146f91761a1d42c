// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct PositionedTextTests {
    private let start = TextPosition(line: 4, column: 10)

    @Test func `Trimming moves the place by what is in front`() {
        let text = PositionedText(" \t ä b \t", at: start).trimmed
        #expect(text.text == "ä b")
        #expect(text.position == TextPosition(line: 4, column: 13))
        #expect(PositionedText("   ", at: start).trimmed.position.column == 13)
    }

    @Test func `Columns count characters as PostgreSQL does, not what the eye sees`() {
        let (word, rest) = PositionedText("e\u{301}𝄞 x", at: start).splitWord()
        #expect(word.text == "e\u{301}𝄞")
        #expect(rest.text == "x")
        #expect(rest.position.column == 14)
    }

    @Test func `Parts between separators are trimmed and know their places`() {
        let parts = PositionedText("a, b ,,c", at: start).split(separator: ",")
        #expect(parts.map { String($0.text) } == ["a", "b", "", "c"])
        #expect(parts.map(\.position.column) == [10, 13, 16, 17])
        #expect(PositionedText("", at: start).split(separator: ",").count == 1)
    }
}
