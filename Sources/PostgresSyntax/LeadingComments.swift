// SPDX-License-Identifier: Apache-2.0

/// The comments before the first statement of a text, where directives are written.
public enum LeadingComments {
    /// Reads the `--` comments before the first statement, and nothing behind them.
    ///
    /// Block comments are passed over, as is a byte order mark. A comment ends with its line, be that a newline, a carriage
    /// return or both.
    ///
    /// - Parameter bytes: A text from its start, or enough of it to hold the comments.
    public static func read(in bytes: Span<UInt8>) -> [LineComment] {
        ByteView.withBytes(bytes) { view in read(in: view) }
    }

    private static func read(in bytes: ByteView) -> [LineComment] {
        var comments: [LineComment] = []
        var tracker = PositionTracker()
        var index = 0
        if bytes.count >= 3, bytes.hasBytes([0xEF, 0xBB, 0xBF], at: 0) {
            tracker.skip(3)
            index = 3
        }
        while true {
            index = bytes.endOfRun(ByteClass.space, from: index, to: bytes.count)
            guard index + 1 < bytes.count else { return comments }
            switch (bytes[index], bytes[index + 1]) {
            case (Ascii.minus, Ascii.minus):
                let end = bytes.firstIndex(
                    of: Ascii.newline, or: Ascii.carriageReturn, from: index + 2, to: bytes.count)
                tracker.advance(to: index, in: bytes, base: 0)
                comments.append(LineComment(position: tracker.position, text: index + 2..<end))
                index = end
            case (Ascii.slash, Ascii.asterisk):
                guard let end = endOfBlockComment(from: index, in: bytes) else { return comments }
                index = end
            default:
                return comments
            }
        }
    }

    /// The place behind the comment that begins at `start`; `nil` if it is not closed. Comments nest.
    private static func endOfBlockComment(from start: Int, in bytes: ByteView) -> Int? {
        var depth = 1
        var index = start + 2
        while true {
            index = bytes.firstIndex(of: Ascii.asterisk, or: Ascii.slash, from: index, to: bytes.count)
            guard index + 1 < bytes.count else { return nil }
            switch (bytes[index], bytes[index + 1]) {
            case (Ascii.asterisk, Ascii.slash):
                depth -= 1
                index += 2
                if depth == 0 { return index }
            case (Ascii.slash, Ascii.asterisk):
                depth += 1
                index += 2
            default: index += 1
            }
        }
    }
}
