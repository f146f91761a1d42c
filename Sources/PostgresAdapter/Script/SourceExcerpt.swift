// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// The line of a file in which something happened, with a mark under the place.
struct SourceExcerpt {
    /// No more than this many characters of a line are shown; a dump can have lines of megabytes.
    private static let width = 100

    private let line: [Unicode.Scalar]

    /// - Parameter offset: Any byte of the line.
    init(bytes: [UInt8], offset: Int) {
        self.init(bytes[...], offset: offset)
    }

    private init(_ bytes: ArraySlice<UInt8>, offset: Int) {
        let offset = min(max(offset, bytes.startIndex), bytes.endIndex)
        let start = bytes[..<offset].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? bytes.startIndex
        let end = bytes[offset...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
        let hasMark = start == bytes.startIndex && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        line = Array(String(decoding: bytes[min(start + (hasMark ? 3 : 0), end)..<end], as: UTF8.self).unicodeScalars)
    }

    /// The lines to show for a place in a script; none if they cannot be read.
    static func lines(of script: MigrationScript, at position: SourcePosition) -> [String] {
        guard !script.isInMemory else {
            guard let bytes = try? script.bytes else { return [] }
            return SourceExcerpt(bytes: bytes, offset: position.offset)
                .lines(lineNumber: position.line, column: position.column)
        }
        // As much as can be shown, and more; of a line that is longer only the part around the place.
        let reach = 8 * width
        let start = max(0, position.offset - reach)
        let window = start..<max(start, min(script.byteCount, position.offset + reach))
        guard let bytes = try? script.bytes(in: window) else { return [] }
        // The window may begin within a character.
        let text = Array(bytes.drop { $0 & 0xC0 == 0x80 })
        let offset = position.offset - start - (bytes.count - text.count)
        let before = text.prefix(offset)
        let isCut = start > 0 && !before.contains { $0 == 0x0A || $0 == 0x0D }
        let column = isCut ? before.count { $0 & 0xC0 != 0x80 } + 1 : position.column
        return SourceExcerpt(bytes: text, offset: offset).lines(lineNumber: position.line, column: column)
    }

    /// Two lines: the file's, with its number, and one with the mark.
    ///
    /// - Parameters:
    ///   - lineNumber: The number to show.
    ///   - column: The character to mark, from 1.
    func lines(lineNumber: Int, column: Int) -> [String] {
        let column = min(max(column, 1), line.count + 1)
        // Far right in a long line: show the part around the place.
        let first = column <= Self.width * 3 / 4 ? 0 : column - Self.width / 2
        let last = min(line.count, first + Self.width)
        let shown = line[first..<last].map { $0 == "\t" ? " " : $0 }
        var text = String(String.UnicodeScalarView(shown))
        if first > 0 { text = "…" + text }
        if last < line.count { text += "…" }
        let padding = line[first..<(column - 1)].reduce(first > 0 ? 1 : 0) { $0 + $1.terminalColumns }
        let number = String(lineNumber)
        let margin = max(5, number.count)
        return [
            String(repeating: " ", count: margin - number.count) + number + " | " + text,
            String(repeating: " ", count: margin) + " | " + String(repeating: " ", count: padding) + "^",
        ]
    }
}

extension Unicode.Scalar {
    /// How many columns a terminal uses, well enough to put a mark in the right place.
    fileprivate var terminalColumns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: 0
        default:
            // East Asian wide blocks and emoji.
            switch value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                2
            default: 1
            }
        }
    }
}
