// SPDX-License-Identifier: Apache-2.0

/// What psql reads as its own and not as SQL: variables and backslash commands.
extension StatementScanner {
    /// A colon at `index`. Leaves `offset` behind it, or behind the variable that it begins.
    mutating func scanColon(at index: Int, _ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        guard index + 1 < end else {
            guard window.isFinal else { return exhausted(at: index, window) }
            offset = window.base + end
            return .goOn
        }
        var length = 1
        var form: VariableReference.Form?
        switch bytes[index + 1] {
        case Ascii.colon, Ascii.equals: length = 2
        case Ascii.quote: form = .literal
        case Ascii.doubleQuote: form = .identifier
        case Ascii.openBrace: form = .test
        case Ascii.dollar: break
        default: if bytes.isClass(ByteClass.word, at: index + 1) { form = .plain }
        }
        if let form {
            guard let found = endOfVariable(form, at: index, window) else { return exhausted(at: index, window) }
            if found > index { return variable(form, index..<found, window) }
        }
        offset = window.base + index + length
        tokenFloor = offset
        return .goOn
    }

    /// The end of the variable reference at `index`; `index` itself if it is none, `nil` when there are too few bytes.
    private func endOfVariable(_ form: VariableReference.Form, at index: Int, _ window: Window) -> Int? {
        let bytes = window.bytes
        var start = index + 2
        var closing: UInt8?
        switch form {
        case .plain: start = index + 1
        case .literal: closing = Ascii.quote
        case .identifier: closing = Ascii.doubleQuote
        case .test:
            guard start < window.end else { return window.isFinal ? index : nil }
            guard bytes[start] == Ascii.question else { return index }
            start += 1
            closing = Ascii.closeBrace
        }
        var nameEnd = start
        while nameEnd < window.end, bytes[nameEnd] != Ascii.dollar, bytes.isClass(ByteClass.word, at: nameEnd) {
            nameEnd += 1
        }
        guard nameEnd < window.end || window.isFinal else { return nil }
        guard nameEnd > start else { return index }
        guard let closing else { return nameEnd }
        return nameEnd < window.end && bytes[nameEnd] == closing ? nameEnd + 1 : index
    }

    private mutating func variable(
        _ form: VariableReference.Form, _ range: Range<Int>, _ window: Window
    ) -> Outcome {
        let bytes = window.bytes
        advanceTracker(to: window.base + range.lowerBound, window)
        offset = window.base + range.upperBound
        tokenFloor = offset
        let (before, behind) = form == .plain ? (1, 0) : form == .test ? (3, 1) : (2, 1)
        return .event(
            .variable(
                VariableReference(
                    position: tracker.position, end: offset, form: form,
                    name: bytes.text(in: range.lowerBound + before..<range.upperBound - behind),
                    isInsideBrackets: bracketDepth > 0)))
    }

    /// A backslash at `index`, outside quotes.
    mutating func scanBackslash(at index: Int, _ window: Window) -> Outcome {
        let lineEnd = window.bytes.firstIndex(of: Ascii.newline, from: index, to: window.end)
        guard lineEnd < window.end || window.isFinal else { return exhausted(at: index, window) }
        let kind = commandKind(index + 1..<lineEnd, window)
        let isInside = statementStart != nil && hasToken
        if kind != .other, !isInside {
            // Comments before it do not make it part of a statement.
            statementStart = nil
            phase = .leading
        }
        advanceTracker(to: window.base + index, window)
        offset = window.base + lineEnd
        tokenFloor = offset
        return .event(
            .backslashCommand(
                BackslashCommand(
                    position: tracker.position, end: offset, kind: kind, name: commandName(index + 1..<lineEnd, window),
                    isInsideStatement: isInside, openBlock: blockDepth > 0 ? block.position : nil)))
    }

    /// What psql takes for the name of a command: everything up to a blank or the next backslash.
    private func commandName(_ line: Range<Int>, _ window: Window) -> String {
        let bytes = window.bytes
        let end = line.first { bytes.isClass(ByteClass.space, at: $0) || bytes[$0] == Ascii.backslash }
        return bytes.text(in: line.lowerBound..<(end ?? line.upperBound))
    }

    /// Recognises only what pg_dump writes: the name, blanks, a key of letters and digits, the end of the line.
    private func commandKind(_ line: Range<Int>, _ window: Window) -> BackslashCommand.Kind {
        let bytes = window.bytes
        let nameEnd = bytes.endOfRun(ByteClass.wordStart, from: line.lowerBound, to: line.upperBound)
        let name = line.lowerBound..<nameEnd
        let kind: BackslashCommand.Kind =
            bytes.spells("restrict", in: name) ? .restrict : bytes.spells("unrestrict", in: name) ? .unrestrict : .other
        let keyStart = bytes.endOfRun(ByteClass.space, from: nameEnd, to: line.upperBound)
        let keyEnd = bytes.endOfRun(ByteClass.wordStart | ByteClass.digit, from: keyStart, to: line.upperBound)
        let rest = bytes.endOfRun(ByteClass.space, from: keyEnd, to: line.upperBound)
        guard keyStart > nameEnd, keyEnd > keyStart, rest == line.upperBound else { return .other }
        return kind
    }
}
