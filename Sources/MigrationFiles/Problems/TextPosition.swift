// SPDX-License-Identifier: Apache-2.0

/// A place in a text. Both numbers count from one; columns count characters (Unicode scalars, as PostgreSQL does).
struct TextPosition: Hashable, Sendable {
    var line: Int
    var column: Int

    static let start = TextPosition(line: 1, column: 1)

    /// The place a number of characters further on in the same line.
    func advanced(by characters: Int) -> TextPosition {
        TextPosition(line: line, column: column + characters)
    }

    /// Takes note of one byte of UTF-8 that ends no line. Only the first byte of a character counts.
    mutating func pass(_ byte: UInt8) {
        if byte & 0xC0 != 0x80 { column += 1 }
    }

    /// Takes note of a line's end.
    mutating func passLineEnd() {
        self = TextPosition(line: line + 1, column: 1)
    }
}
