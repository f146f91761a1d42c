// SPDX-License-Identifier: Apache-2.0

/// The parts of the scanner's state.
extension StatementScanner {
    /// What the next byte belongs to.
    enum State: Sendable {
        case normal
        case lineComment
        case blockComment
        case string
        /// Directly after the closing quote of a string, while a continuation of it is still possible.
        case afterString
        case quotedIdentifier
        case dollarQuote
        case copyData
    }

    /// How closely words have to be read.
    enum Phase: Sendable {
        /// No statement has begun.
        case leading
        /// It is not yet known whether the statement is a CREATE FUNCTION or PROCEDURE.
        case identifying
        /// It is not, so words do not matter any more.
        case skipping
        /// It is: BEGIN, CASE and END have to be counted.
        case tracking
    }

    /// The words that the statement began with.
    enum RoutineWords: Sendable {
        case none
        case create
        case createOr
        case createOrReplace
    }

    /// The forms of strings that differ in how they end.
    enum StringForm: Sendable {
        /// `'…'`: a doubled quote stays inside.
        case standard
        /// `E'…'`: so does a quote behind a backslash.
        case escape
        /// `B'…'` and `X'…'`: the first quote ends it.
        case bits
        /// `U&'…'`: like `standard`, whatever `standard_conforming_strings` says.
        case unicode
    }

    /// What has been seen behind the closing quote of a string.
    enum Continuation: Sendable {
        /// Nothing; or only line ends, directly behind the quote.
        case fresh
        /// Spaces.
        case blank
        /// A carriage return, the only line end that psql's lexer can meet inside a line.
        case newline
        /// A `--` comment.
        case comment
    }

    /// Something open that would be reported if the text ended.
    struct OpenConstruct: Sendable {
        var offset = 0
        /// Filled in when the bytes are about to leave the buffer, so that nothing is counted for what gets closed.
        var position: SourcePosition?

        init() {}

        init(at offset: Int) {
            self.offset = offset
        }
    }

    /// How much of the end of the text has been reported.
    enum Ending: Sendable {
        case notReached
        case statementReported
        /// An error was reported after which there is no going on.
        case stopped(ScanEvent)
    }

    /// What a part of the scanner returns to the loop around it.
    enum Outcome {
        case goOn
        case exhausted
        case event(ScanEvent)
    }

    /// The bytes that one call may look at.
    struct Window {
        let bytes: ByteView
        /// The absolute offset of the first byte.
        let base: Int
        /// The index behind the last byte.
        var end: Int
        /// Whether nothing follows behind `end` that could change the meaning of what stands before it.
        var isFinal: Bool
    }
}
