// SPDX-License-Identifier: Apache-2.0

/// The sentences.
extension SQLSyntaxError {
    init(_ open: UnterminatedConstruct) {
        position = open.start
        switch open.kind {
        case .string:
            code = .unterminatedString
            message = "the string that begins here is not closed; a quote inside a string is written twice ('')"
        case .quotedIdentifier:
            code = .unterminatedQuotedIdentifier
            message = "the quoted identifier that begins here is not closed; add the missing double quote"
        case .blockComment:
            code = .unterminatedComment
            message = "the comment that begins here is not closed; comments nest, so each /* needs a */ of its own"
        case .dollarQuote:
            code = .unterminatedDollarQuote
            message =
                "the dollar-quoted string that begins here is not closed; it ends with the same tag, letter by letter"
        case .parenthesis:
            code = .unterminatedParenthesis
            message = "the parenthesis that is opened here is not closed, so the statement never ends"
        case .block:
            code = .unterminatedBlock
            message = "the BEGIN of this routine's body has no END, so the statement never ends"
        }
    }

    init(_ command: BackslashCommand) {
        code = .backslashCommand
        position = command.position
        message =
            command.kind == .other
            ? "a backslash command belongs to psql and is not SQL; only \\restrict and \\unrestrict, as pg_dump writes them, are accepted"
            : "\\restrict and \\unrestrict are accepted between statements only; end the statement before this with a semicolon"
    }

    init(_ variable: VariableReference) {
        code = .variableReference
        position = variable.position
        message =
            "psql would look up a variable here, and there are none outside psql; write the value itself"
            + " (before the bound of an array slice, a space behind the colon helps)"
    }

    init(nulByteAt position: SourcePosition) {
        code = .nulByte
        self.position = position
        message = "there is a byte of value 0, which PostgreSQL does not accept; is this a text file in UTF-8?"
    }

    init(copyDataInside position: SourcePosition) {
        code = .misplacedCopyData
        self.position = position
        message =
            "this statement begins on the line of a COPY … FROM STDIN and does not end there,"
            + " so the data of the COPY would stand inside it; begin it after the data"
    }
}
