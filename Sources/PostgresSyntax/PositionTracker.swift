// SPDX-License-Identifier: Apache-2.0

/// Counts lines and columns behind the scanner, only up to the places that are asked for.
struct PositionTracker: Sendable {
    private(set) var position: SourcePosition

    init(at position: SourcePosition = SourcePosition()) {
        self.position = position
    }

    /// Passes over bytes that take no column (the byte order mark).
    mutating func skip(_ count: Int) {
        position.offset += count
    }

    /// Moves to the absolute offset `target`; everything between must be in `bytes`, whose first byte is at `base`.
    mutating func advance(to target: Int, in bytes: ByteView, base: Int) {
        let start = position.offset - base
        let end = target - base
        guard start < end else { return }
        let newlines = bytes.count(of: Ascii.newline, from: start, to: end)
        var lineStart = start
        if newlines > 0 {
            lineStart = end
            while bytes[lineStart - 1] != Ascii.newline { lineStart -= 1 }
            position.line += newlines
            position.column = 1
        }
        // Each character has exactly one byte that is not a continuation byte (10xxxxxx).
        var characters = 0
        for index in lineStart..<end where bytes[index] & 0xC0 != 0x80 { characters &+= 1 }
        position.column += characters
        position.offset = target
    }

    /// Fills in the place of `open` if that is still unknown and lies before `target`.
    mutating func note(
        _ open: inout StatementScanner.OpenConstruct, before target: Int, in bytes: ByteView, base: Int
    ) {
        guard open.position == nil, open.offset <= target else { return }
        advance(to: open.offset, in: bytes, base: base)
        open.position = position
    }
}
