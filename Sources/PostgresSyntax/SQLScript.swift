// SPDX-License-Identifier: Apache-2.0

/// A whole SQL text in memory, taken apart into statements.
public enum SQLScript {
    /// The statements of a text, as psql 15 would send them, without those that hold nothing but comments.
    ///
    /// `\restrict` and `\unrestrict` as pg_dump writes them are passed over. `SET standard_conforming_strings` is followed.
    ///
    /// - Parameters:
    ///   - bytes: The text, in valid UTF-8.
    ///   - standardConformingStrings: The value of that setting when the text begins.
    /// - Throws: `SQLSyntaxError` for what is not closed, a NUL byte, another backslash command, or a variable of psql.
    public static func statements(
        in bytes: Span<UInt8>, standardConformingStrings: Bool = true
    ) throws(SQLSyntaxError) -> [SQLStatement] {
        var reading = Reading(standardConformingStrings: standardConformingStrings)
        while try reading.handle(reading.scanner.scan(bytes, isLast: true), bytes) {}
        return reading.statements
    }

    /// The statements of a text; see `statements(in:standardConformingStrings:)` for a span of bytes.
    public static func statements(
        in bytes: [UInt8], standardConformingStrings: Bool = true
    ) throws(SQLSyntaxError) -> [SQLStatement] {
        try statements(in: bytes.span, standardConformingStrings: standardConformingStrings)
    }

    /// The statements of a text; see `statements(in:standardConformingStrings:)` for a span of bytes.
    public static func statements(
        in text: String, standardConformingStrings: Bool = true
    ) throws(SQLSyntaxError) -> [SQLStatement] {
        try statements(in: Array(text.utf8).span, standardConformingStrings: standardConformingStrings)
    }
}

extension SQLScript {
    /// What is known while a text is being read.
    private struct Reading {
        var scanner: StatementScanner
        var statements: [SQLStatement] = []
        /// COPY statements that have not got their data yet, first come first.
        private var waiting: [Int] = []
        private let initialStandardStrings: Bool

        init(standardConformingStrings: Bool) {
            scanner = StatementScanner(standardConformingStrings: standardConformingStrings)
            initialStandardStrings = standardConformingStrings
        }

        /// Acts on one event; returns false after the last.
        mutating func handle(_ event: ScanEvent, _ bytes: Span<UInt8>) throws(SQLSyntaxError) -> Bool {
            switch event {
            case .statement(let span):
                if !span.isEmpty { add(span, bytes) }
            case .copyData(let data):
                if let index = waiting.first {
                    waiting.removeFirst()
                    statements[index].copyData = data.byteRange
                }
            case .backslashCommand(let command):
                if command.kind == .other || command.isInsideStatement { throw SQLSyntaxError(command) }
            case .variable(let variable):
                if !variable.mayBeArraySlice { throw SQLSyntaxError(variable) }
            case .misplacedCopyData(let position): throw SQLSyntaxError(copyDataInside: position)
            case .unterminated(let open): throw SQLSyntaxError(open)
            case .nulByte(let position): throw SQLSyntaxError(nulByteAt: position)
            case .needsInput, .end: return false
            }
            return true
        }

        private mutating func add(_ span: StatementSpan, _ bytes: Span<UInt8>) {
            let kind = StatementKind.classify(
                bytes.extracting(span.byteRange), standardConformingStrings: scanner.standardConformingStrings)
            switch kind {
            case .copyFromStdin:
                scanner.expectCopyData()
                waiting.append(statements.count)
            case .setSetting(let change) where change.setting == .standardConformingStrings || change.setting == .all:
                if change.isReset {
                    scanner.standardConformingStrings = initialStandardStrings
                } else if let value = change.boolean {
                    scanner.standardConformingStrings = value
                }
            case .outsideTransaction(.discardAll):
                scanner.standardConformingStrings = initialStandardStrings
            default: break
            }
            statements.append(SQLStatement(byteRange: span.byteRange, position: span.start, kind: kind))
        }
    }
}
