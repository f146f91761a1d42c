// SPDX-License-Identifier: Apache-2.0

/// What the scanner has come upon.
public enum ScanEvent: Sendable, Hashable {
    /// A statement ended. The bytes of its span were all seen; the scanner stands right behind it.
    case statement(StatementSpan)
    /// A backslash that psql would read as one of its own commands. The scanner stands at the end of that line.
    case backslashCommand(BackslashCommand)
    /// A place where psql would look up one of its variables. The scanner stands behind it.
    case variable(VariableReference)
    /// A piece of the data that follows `COPY … FROM STDIN`, after `expectCopyData()`.
    case copyData(CopyData)
    /// The data of a COPY would begin in the middle of the statement that began here, on the line of the COPY.
    case misplacedCopyData(SourcePosition)
    /// The text ended inside a string, comment, quoted identifier, dollar quote, parenthesis or BEGIN block.
    case unterminated(UnterminatedConstruct)
    /// A byte of value 0, which no SQL text can hold. The scanner does not go beyond it.
    case nulByte(SourcePosition)
    /// Everything up to `StatementScanner.offset` is consumed; call again with more bytes behind that.
    case needsInput
    /// The text is over.
    case end
}
