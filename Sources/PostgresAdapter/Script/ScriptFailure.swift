// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// A statement that failed while a script was executed, and where that is in the file.
struct ScriptFailure {
    let script: PreparedScript
    let message: ScriptMessages.Message
    /// How many parts of the message had succeeded.
    let completedParts: Int
    let server: ServerMessage
    let table: HistoryTable

    var error: PostgresError {
        let place = place
        let text = message.text(ofPart: place.part)
        switch message.parts[place.part].part {
        case .script(let statement):
            let position = position(in: text, at: statement.position, offset: place.offset)
            return error(
                at: position, explanation: nil, hints: hint(for: statement, text).map { ["hint: \($0)"] } ?? [])
        case .ownBegin(let begin):
            let position = position(in: text, at: begin.position, offset: place.offset)
            return error(at: position, explanation: nil, hints: [])
        case .ours(let step):
            let (explanation, hint) = explain(step)
            return error(at: nil, explanation: explanation, hints: hint.map { ["hint: \($0)"] } ?? [])
        }
    }

    private func error(at position: SourcePosition?, explanation: String?, hints: [String]) -> PostgresError {
        var lines: [String]
        if let position {
            lines = ["\(script.migration.path):\(position.line):\(position.column): error: \(server.headline)"]
            lines += SourceExcerpt.lines(of: script.script, at: position)
        } else {
            lines = ["\(script.migration.path): error: \(explanation ?? server.headline)"]
            // A division by zero is how our own statements stop: it tells nobody anything.
            if explanation != nil, server.sqlState != SQLState.divisionByZero {
                lines.append("server: \(server.headline)")
            }
        }
        lines += server.remarks + hints
        let isCancellation = server.sqlState == SQLState.queryCanceled && Task.isCancelled
        return PostgresError(
            code: isCancellation ? .cancelled : .statementFailed, message: lines.joined(separator: "\n"),
            serverMessage: server)
    }

    /// The part that failed, and the byte within it if the server named a place.
    ///
    /// A syntax error in a later statement of the message is found before the first one is executed, so the server's
    /// position counts more than the number of results.
    private var place: (part: Int, offset: Int?) {
        let last = message.parts.count - 1
        guard let characters = server.position else { return (min(completedParts, last), nil) }
        let offset = message.text.byteOffset(ofCharacter: characters)
        // The place "at end of input" of a part lies right behind it.
        let part = message.parts.lastIndex { $0.range.lowerBound <= offset } ?? 0
        let range = message.parts[part].range
        return (part, min(offset, range.upperBound) - range.lowerBound)
    }

    private func position(in text: ArraySlice<UInt8>, at start: SourcePosition, offset: Int?) -> SourcePosition {
        // Many errors of DDL name an object but no place; then its name in the statement is the place.
        let relative = offset ?? NamedPlace.find(quotedIn: server.message, statement: text) ?? 0
        // "At end of input" is behind the last word, not behind the blank lines after it.
        let end = text.lastIndex { $0 > UInt8(ascii: " ") }.map { $0 + 1 } ?? text.endIndex
        return start.advanced(over: text.prefix(min(relative, end - text.startIndex)))
    }
}

extension [UInt8] {
    /// The offset of a character of UTF-8 text, counted from 1; the end when there are not as many.
    fileprivate func byteOffset(ofCharacter number: Int) -> Int {
        var remaining = number
        for (offset, byte) in enumerated() where byte & 0xC0 != 0x80 {
            remaining -= 1
            if remaining == 0 { return offset }
        }
        return count
    }
}

extension SourcePosition {
    /// The position behind some text that begins here.
    func advanced(over text: ArraySlice<UInt8>) -> SourcePosition {
        var (line, column) = (line, column)
        for byte in text {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourcePosition(offset: offset + text.count, line: line, column: column)
    }
}
