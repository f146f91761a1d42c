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
            message =
                "the BEGIN of this routine's body has no END, so the statement never ends;"
                + " if it is a name, write it in double quotes"
        }
    }

    init(_ command: BackslashCommand) {
        code = .backslashCommand
        position = command.position
        message =
            command.kind == .other
            ? "\\\(command.name) belongs to psql and is not SQL; \(command.advice)"
            : "\\restrict and \\unrestrict are accepted between statements only; end the statement before this with a semicolon"
        if let block = command.openBlock {
            message +=
                " (psql reads on for the END of the BEGIN on line \(block.line), column \(block.column);"
                + " if that is a name, write it in double quotes)"
        }
    }

    init(_ variable: VariableReference) {
        code = .variableReference
        position = variable.position
        switch (variable.form, variable.isReplacedAlways) {
        case (.test, _):
            message =
                "psql would write TRUE or FALSE here, depending on whether its variable \(variable.name) is set,"
                + " and there are no variables outside psql; write TRUE or FALSE"
        case (_, true):
            message =
                "psql would write the value of its own variable \(variable.name) here; write the value itself"
                + (variable.isInsideBrackets ? ", or for an array slice a space behind the colon" : "")
        case (_, false):
            message =
                "psql would look up the variable \(variable.name) here, and there are none outside psql;"
                + " write the value itself"
        }
    }

    init(nulByteAt position: SourcePosition) {
        code = .nulByte
        self.position = position
        message = "there is a byte of value 0, which PostgreSQL does not accept; is this a text file in UTF-8?"
    }

    init(readTwoWaysAt position: SourcePosition) {
        code = .readTwoWays
        self.position = position
        message =
            "standard_conforming_strings is changed on this line, which psql heeds from the next line on, but the server"
            + " at once; begin this statement on a new line"
    }

    init(statementAt position: SourcePosition, insideRoutineAt routine: SourcePosition) {
        code = .statementInsideRoutine
        self.position = position
        message =
            "the words BEGIN, CASE and END before this make psql take it for a part of the routine that begins on line"
            + " \(routine.line), while the server would execute it by itself;"
            + " write names such as begin, case and end in double quotes there"
    }

    init(copyDataInside position: SourcePosition) {
        code = .misplacedCopyData
        self.position = position
        message =
            "this statement begins on the line of a COPY … FROM STDIN and does not end there,"
            + " so the data of the COPY would stand inside it; begin it after the data"
    }
}
