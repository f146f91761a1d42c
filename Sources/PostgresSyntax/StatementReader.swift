// SPDX-License-Identifier: Apache-2.0

/// Takes a text of any length apart into statements, and holds no more of it than one statement at a time.
///
/// ```swift
/// var reader = StatementReader { try nextPiece() }
/// while let item = try reader.next() {
///     switch item {
///     case .statement(let statement, let text): send(text)
///     case .copyData(_, let bytes): sendData(bytes)
///     }
/// }
/// ```
///
/// The statements are those that psql 15 would send, without those that hold nothing but comments. `\restrict` and
/// `\unrestrict` as pg_dump writes them are passed over. `SET standard_conforming_strings` is followed.
public struct StatementReader {
    /// What comes next in a text.
    public enum Item: Sendable {
        /// A statement, with its bytes. Its `copyData` is not known yet.
        case statement(SQLStatement, text: ArraySlice<UInt8>)
        /// A piece of the data of the `COPY … FROM STDIN` that was the last statement.
        case copyData(CopyData, bytes: ArraySlice<UInt8>)
    }

    private let nextPiece: () throws -> ArraySlice<UInt8>?
    private var scanner: StatementScanner
    private let initialStandardStrings: Bool
    private var colons = ColonContext()
    /// The line on which `standard_conforming_strings` was changed; psql reads the rest of that line in the old way.
    private var lineOfChange = 0

    /// The part of the text that is needed still, and the offset of its first byte.
    private var buffer: ArraySlice<UInt8> = []
    private var base = 0
    private var isAtEnd = false

    /// Whether the last statement was a `COPY` that has not got all of its data yet.
    private var isCopyOpen = false
    /// Statements that stand behind a `COPY` on its line: its data comes before them.
    private var behindCopy: [Item] = []

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - standardConformingStrings: The value of that setting when the text begins.
    ///   - nextPiece: Returns the text, in valid UTF-8, piece by piece; `nil` behind the last. Pieces may end anywhere.
    public init(standardConformingStrings: Bool = true, nextPiece: @escaping () throws -> ArraySlice<UInt8>?) {
        scanner = StatementScanner(standardConformingStrings: standardConformingStrings)
        initialStandardStrings = standardConformingStrings
        self.nextPiece = nextPiece
    }

    /// The next statement or piece of data, `nil` at the end.
    ///
    /// - Throws: ``SQLSyntaxError`` for what is not closed, a NUL byte, another backslash command, or a variable of psql; and what
    ///   the source of the pieces throws.
    public mutating func next() throws -> Item? {
        while true {
            if !isCopyOpen, !behindCopy.isEmpty { return handOut(behindCopy.removeFirst()) }
            switch scan() {
            case .statement(let span):
                guard !span.isEmpty else { continue }
                let item = try statement(span)
                guard isCopyOpen else { return handOut(item) }
                behindCopy.append(item)
            case .copyData(let data):
                isCopyOpen = !data.isComplete
                return .copyData(data, bytes: bytes(in: data.byteRange))
            case .backslashCommand(let command):
                if command.kind == .other || command.isInsideStatement { throw SQLSyntaxError(command) }
            case .variable(let variable):
                if variable.isReplacedAlways || !canBeSQL(variable) { throw SQLSyntaxError(variable) }
            case .misplacedCopyData(let position): throw SQLSyntaxError(copyDataInside: position)
            case .unterminated(let open): throw SQLSyntaxError(open)
            case .nulByte(let position): throw SQLSyntaxError(nulByteAt: position)
            case .needsInput: try refill()
            case .end: return nil
            }
        }
    }

    private mutating func scan() -> ScanEvent {
        let bytes = buffer
        return scanner.scan(bytes.span, at: base, isLast: isAtEnd)
    }

    private mutating func handOut(_ item: Item) -> Item {
        if case .statement(let statement, _) = item, statement.kind == .copyFromStdin { isCopyOpen = true }
        return item
    }

    private mutating func canBeSQL(_ variable: VariableReference) -> Bool {
        let bytes = buffer
        return colons.canBeSQL(
            variable, inStatementAt: scanner.statementStart?.offset ?? variable.position.offset, of: bytes.span,
            at: base, standardStrings: scanner.standardConformingStrings)
    }

    private mutating func statement(_ span: StatementSpan) throws(SQLSyntaxError) -> Item {
        let text = bytes(in: span.byteRange)
        if span.start.line == lineOfChange, text.prefix(while: { $0 != Ascii.newline }).contains(Ascii.backslash) {
            throw SQLSyntaxError(readTwoWaysAt: span.start)
        }
        let standardStrings = scanner.standardConformingStrings
        let kind = StatementKind.classify(text.span, standardConformingStrings: standardStrings)
        if kind == .other,
            let place = RoutineStatement.statement(inside: text.span, at: span.start, standardStrings: standardStrings)
        {
            throw SQLSyntaxError(statementAt: place, insideRoutineAt: span.start)
        }
        follow(kind)
        if scanner.standardConformingStrings != standardStrings {
            lineOfChange = span.start.line + text.count { $0 == Ascii.newline }
        }
        let statement = SQLStatement(
            byteRange: span.byteRange, position: span.start, kind: kind, standardConformingStrings: standardStrings)
        return .statement(statement, text: text)
    }

    /// Does what the statement means for the text behind it.
    private mutating func follow(_ kind: StatementKind) {
        switch kind {
        case .copyFromStdin: scanner.expectCopyData()
        case .setSetting(let change) where change.setting == .standardConformingStrings || change.setting == .all:
            if change.isReset {
                scanner.standardConformingStrings = initialStandardStrings
            } else if let value = change.boolean {
                scanner.standardConformingStrings = value
            }
        case .outsideTransaction(.discardAll): scanner.standardConformingStrings = initialStandardStrings
        default: break
        }
    }

    private func bytes(in range: Range<Int>) -> ArraySlice<UInt8> {
        let start = buffer.startIndex - base
        return buffer[start + range.lowerBound..<start + range.upperBound]
    }

    /// Takes the next piece behind what is needed still.
    private mutating func refill() throws {
        let needed = scanner.statementStart?.offset ?? scanner.offset
        buffer.removeFirst(needed - base)
        base = needed
        // Whoever makes the pieces can use the memory of the last one again when nobody else holds it.
        if buffer.isEmpty { buffer = [] }
        guard let piece = try nextPiece() else {
            isAtEnd = true
            return
        }
        if buffer.isEmpty { buffer = piece } else { buffer += piece }
    }
}
