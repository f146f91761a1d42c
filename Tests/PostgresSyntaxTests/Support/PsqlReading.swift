// SPDX-License-Identifier: Apache-2.0

@testable import PostgresSyntax

/// What psql would send for a text, derived from the scanner's events.
///
/// psql changes three things on the way: it drops blank lines outside quotes and comments, the newline at the end of the
/// text, and what belongs to itself (a backslash command, `:{?name}`).
struct PsqlReading {
    /// The statements, empty ones included, and what an unterminated construct leaves in psql's buffer.
    private(set) var sent: [String] = []
    /// The data of each COPY, without end marker.
    private(set) var copies: [String] = []
    /// False when the scanner stopped at something from where on psql's ways and ours part.
    private(set) var isComplete = true

    private var scanner: StatementScanner
    private let bytes: [UInt8]
    private var available = 0
    /// The end of the last statement.
    private var lastEnd = 0
    /// Ranges that psql does not send as they stand.
    private var edits: [(range: Range<Int>, replacement: String)] = []
    private var copy: [UInt8] = []

    /// Reads `text`; `answers` says for each statement whether it starts a COPY or changes how strings are read.
    init(_ text: String, answers: [PsqlOracle.Statement], standardStrings: Bool) {
        scanner = StatementScanner(standardConformingStrings: standardStrings)
        bytes = Array(text.utf8)
        nextLine()
        while step(answers) {}
    }

    private mutating func step(_ answers: [PsqlOracle.Statement]) -> Bool {
        let openStatement = scanner.statementStart
        let base = scanner.offset
        let event = scanner.scan(bytes[base..<available].span, at: base, isLast: available == bytes.count)
        switch event {
        case .statement(let span):
            send(span.start.offset, span.end, isLast: !span.isTerminated)
            guard sent.count <= answers.count else { return true }
            let answer = answers[sent.count - 1]
            if answer.copy != nil { scanner.expectCopyData() }
            if let isOn = answer.standard_strings { scanner.standardConformingStrings = isOn }
        case .unterminated:
            guard let start = scanner.statementStart else { return false }
            send(start.offset, bytes.count, isLast: true)
            // psql sends it all the same; if it looks like a COPY to the stub server, there is no data left for it.
            if answers.count == sent.count, answers[sent.count - 1].copy == "" { copies.append("") }
        case .backslashCommand(let command):
            // Comments before it stay in psql's buffer, but are dropped by the scanner. And after `\;` psql reads on.
            let isPunctuation = [UInt8(ascii: ";"), UInt8(ascii: ":")].contains(byte(command.position.offset + 1))
            let isBehindComment =
                !command.isInsideStatement && bytes[lastEnd..<command.position.offset].contains(UInt8(ascii: "/"))
            if isPunctuation || isBehindComment { return stop() }
            var start = command.position.offset
            // A line that holds nothing else leaves no trace.
            while start > 0, bytes[start - 1] == UInt8(ascii: "\n") { start -= 1 }
            edits.append((start..<command.end, ""))
        case .variable(let variable):
            if variable.form == .test { edits.append((variable.position.offset..<variable.end, "FALSE")) }
        case .copyData(let data):
            if openStatement != nil { return stop() }
            copy += bytes[data.byteRange]
            if data.isComplete {
                copies.append(String(decoding: copy, as: UTF8.self))
                copy = []
            }
        case .needsInput:
            if available > 0, byte(available) == UInt8(ascii: "\n"), bytes[available - 1] == UInt8(ascii: "\n"),
                !isInsideQuotes
            {
                edits.append((available..<available + 1, ""))
            }
            nextLine()
        case .misplacedCopyData, .nulByte:
            return stop()
        case .end:
            return false
        }
        return true
    }

    private mutating func stop() -> Bool {
        isComplete = false
        return false
    }

    private mutating func nextLine() {
        let newline = bytes[available...].firstIndex(of: UInt8(ascii: "\n"))
        available = newline.map { $0 + 1 } ?? bytes.count
    }

    private func byte(_ index: Int) -> UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    private var isInsideQuotes: Bool {
        switch scanner.state {
        case .string, .quotedIdentifier, .blockComment, .dollarQuote: true
        case .normal, .lineComment, .afterString, .copyData: false
        }
    }

    private mutating func send(_ start: Int, _ end: Int, isLast: Bool) {
        var text: [UInt8] = []
        var place = start
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where edit.range.lowerBound >= start && edit.range.lowerBound < end {
            text += bytes[place..<max(place, edit.range.lowerBound)]
            text += Array(edit.replacement.utf8)
            place = max(place, edit.range.upperBound)
        }
        text += bytes[min(place, end)..<end]
        if isLast, text.last == UInt8(ascii: "\n") { text.removeLast() }
        edits = []
        lastEnd = end
        sent.append(String(decoding: text, as: UTF8.self))
    }
}
