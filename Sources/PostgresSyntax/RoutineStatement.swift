// SPDX-License-Identifier: Apache-2.0

/// Where the server ends a statement that psql took for the definition of a function or procedure.
///
/// psql counts the words BEGIN, CASE and END; the server goes by its grammar. A function that is called `begin`, or a column
/// called `case`, makes psql send further statements in the same message, which the server then executes one by one: also a
/// COMMIT. Source of the grammar: PostgreSQL 14 to 18, `gram.y`, `routine_body`.
struct RoutineStatement {
    /// The first token that the server takes for another statement, if any.
    ///
    /// - Parameter reader: At the first token of the message.
    static func nextStatement(_ reader: TokenReader) -> SQLToken? {
        var reader = reader
        var depth = 0
        var isInBody = false
        /// Whether the last token was the BEGIN that an ATOMIC can follow.
        var isBehindBegin = false
        /// Whether a statement of the body begins here; an END in its place closes the body.
        var isAtStart = false
        var isOver = false
        while let token = reader.next() {
            if token.kind == .punctuation, token.length == 1 {
                isBehindBegin = false
                isAtStart = false
                switch reader.bytes[token.offset] {
                case Ascii.semicolon where depth == 0:
                    if isInBody { isAtStart = true } else { isOver = true }
                    continue
                case _ where isOver: return token
                case Ascii.openParenthesis: depth += 1
                case Ascii.closeParenthesis: depth -= 1
                default: break
                }
                continue
            }
            if isOver { return token }
            let isWord = token.kind == .word && depth == 0
            if !isInBody, isBehindBegin, isWord, reader.bytes.spells("atomic", in: token.range) {
                isInBody = true
                isAtStart = true
            } else if isAtStart {
                isAtStart = false
                if isWord, reader.bytes.spells("end", in: token.range) { isInBody = false }
            }
            isBehindBegin = isWord && reader.bytes.spells("begin", in: token.range)
        }
        return nil
    }

    /// The first statement inside `statement` that the server would execute by itself; `nil` if there is none.
    ///
    /// - Parameter start: Where the statement begins in its text.
    static func statement(
        inside statement: Span<UInt8>, at start: SourcePosition, standardStrings: Bool
    ) -> SourcePosition? {
        ByteView.withBytes(statement) { view in
            let reader = TokenReader(bytes: view, index: 0, end: view.count, standardStrings: standardStrings)
            guard isCounted(reader), let token = nextStatement(reader) else { return nil }
            var tracker = PositionTracker(at: start)
            tracker.advance(to: start.offset + token.offset, in: view, base: start.offset)
            return tracker.position
        }
    }

    /// Whether psql may have counted words in a statement.
    private static func isCounted(_ reader: TokenReader) -> Bool {
        var reader = reader
        guard let first = reader.next(), first.kind == .word, reader.bytes.spells("create", in: first.range) else {
            return false
        }
        // At most OR and REPLACE come between.
        for _ in 0..<3 {
            guard let token = reader.next(), token.kind == .word else { return false }
            if reader.bytes.spells("function", in: token.range) || reader.bytes.spells("procedure", in: token.range) {
                return true
            }
        }
        return false
    }
}
