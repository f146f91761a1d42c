// SPDX-License-Identifier: Apache-2.0

@testable import PostgresSyntax

/// Reads a text with the scanner and writes down what it reports, one line an event.
///
/// A statement is written as its text, an empty one with `∅` before it; the rest as `!string@7`, `\other@3`, `:plain@9`,
/// `data:…`, `misplaced@4`, `nul@2`.
struct EventReader {
    /// Whether statements that look like COPY … FROM STDIN and SET standard_conforming_strings are followed.
    var follows = true
    /// `standard_conforming_strings` at the start of the text.
    var standardStrings = true

    func read(_ text: String, chunk: Int? = nil) -> [String] {
        let bytes = Array(text.utf8)
        return events(of: bytes, chunk: chunk).map { describe($0, bytes) }
    }

    /// All events but the last, which is `end` or an error that is final.
    func events(of bytes: [UInt8], chunk: Int? = nil) -> [ScanEvent] {
        var scanner = StatementScanner(standardConformingStrings: standardStrings)
        var events: [ScanEvent] = []
        var available = chunk.map { min($0, bytes.count) } ?? bytes.count
        var base = 0
        while true {
            let event = scanner.scan(bytes[base..<available].span, at: base, isLast: available == bytes.count)
            switch event {
            case .needsInput:
                // What was consumed is really gone.
                base = scanner.offset
                available = min(available + (chunk ?? 1), bytes.count)
            case .end:
                return events
            case .nulByte, .misplacedCopyData:
                return events + [event]
            case .statement(let span):
                events.append(event)
                if follows { follow(span, bytes, &scanner) }
            default:
                events.append(event)
            }
            if events.count > bytes.count + 5 { return events }
        }
    }

    private func follow(_ span: StatementSpan, _ bytes: [UInt8], _ scanner: inout StatementScanner) {
        switch StatementKind.classify(bytes[span.byteRange].span) {
        case .copyFromStdin: scanner.expectCopyData()
        case .setSetting(let change) where change.setting == .standardConformingStrings:
            scanner.standardConformingStrings = change.boolean ?? standardStrings
        default: break
        }
    }

    private func describe(_ event: ScanEvent, _ bytes: [UInt8]) -> String {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch event {
        case .statement(let span): return (span.isEmpty ? "∅" : "") + text(span.byteRange)
        case .backslashCommand(let command):
            return "\\\(command.kind)@\(command.position.offset)" + (command.isInsideStatement ? " inside" : "")
        case .variable(let variable):
            return ":\(variable.form)@\(variable.position.offset)" + (variable.isInsideBrackets ? " slice" : "")
        case .copyData(let data): return (data.hasEndMarker ? "data:" : "data to the end:") + text(data.byteRange)
        case .misplacedCopyData(let position): return "misplaced@\(position.offset)"
        case .unterminated(let open): return "!\(open.kind)@\(open.start.offset)"
        case .nulByte(let position): return "nul@\(position.offset)"
        case .needsInput: return "needs input"
        case .end: return "end"
        }
    }
}
