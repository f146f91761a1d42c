// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("SourceExcerpt")
struct SourceExcerptTests {
    private func excerpt(_ text: String, offset: Int = 0, line: Int = 1, column: Int) -> [String] {
        SourceExcerpt(bytes: Array(text.utf8), offset: offset).lines(lineNumber: line, column: column)
    }

    @Test("The line stands behind its number, with a mark under the column")
    func plain() {
        #expect(excerpt("SELECT nothing;", line: 12, column: 8) == ["   12 | SELECT nothing;", "      |        ^"])
    }

    @Test(
        "Any byte of a line finds it",
        arguments: [(0, "one"), (3, "one"), (4, "two"), (7, "two"), (8, "three"), (99, "three")])
    func anyByte(offset: Int, line: String) {
        #expect(excerpt("one\ntwo\nthree", offset: offset, column: 1)[0] == "    1 | \(line)")
    }

    @Test("A carriage return ends the line, so that a terminal does not jump back")
    func carriageReturn() {
        #expect(excerpt("one\r\ntwo\r\n", offset: 5, column: 4) == ["    1 | two", "      |    ^"])
    }

    @Test("A byte order mark takes no column")
    func byteOrderMark() {
        #expect(excerpt("\u{FEFF}abc", offset: 3, column: 2) == ["    1 | abc", "      |  ^"])
    }

    @Test("A tab is shown as one blank, so that the mark stands right wherever tabs stop")
    func tabs() {
        #expect(excerpt("\ta\tb", column: 4) == ["    1 |  a b", "      |    ^"])
    }

    @Test(
        "The mark stands under characters that take two columns, one or none",
        arguments: [("é x", 3, 2), ("漢字 x", 4, 5), ("🐘 x", 3, 3), ("e\u{301} x", 4, 2), ("ｆ x", 3, 3)])
    func wideCharacters(text: String, column: Int, padding: Int) {
        #expect(excerpt(text, column: column)[1] == "      | " + String(repeating: " ", count: padding) + "^")
    }

    @Test("Of a long line a part is shown: the beginning, or what is around the mark")
    func longLine() throws {
        let line = (0..<1000).map { String($0 % 10) }.joined()
        let start = excerpt(line, column: 75)
        #expect(start[0] == "    1 | \(line.prefix(100))…")
        #expect(start[1] == "      | \(String(repeating: " ", count: 74))^")
        for column in [76, 500, 950, 1000, 1001] {
            let lines = excerpt(line, offset: column - 1, column: column)
            #expect(lines[0].hasPrefix("    1 | …"))
            #expect(lines[0].hasSuffix("…") == (column < 950))
            #expect(lines[0].count <= 8 + 102)
            let marked = lines[1].count - 1
            let shown = Array(lines[0])
            let expected: Character? = column <= 1000 ? Character(String((column - 1) % 10)) : nil
            #expect((marked < shown.count ? shown[marked] : nil) == expected)
        }
    }

    @Test("A column beyond the line marks its end, one before it the beginning", arguments: [(99, 3), (0, 0), (-5, 0)])
    func outside(column: Int, padding: Int) {
        #expect(excerpt("abc", column: column)[1] == "      | " + String(repeating: " ", count: padding) + "^")
    }

    @Test("An empty file has an empty first line")
    func emptyFile() {
        #expect(excerpt("", column: 1) == ["    1 | ", "      | ^"])
    }

    @Test("A line number with more than five digits widens the margin of both lines")
    func wideNumber() {
        #expect(excerpt("abc", line: 1_234_567, column: 3) == ["1234567 | abc", "        |   ^"])
    }
}
