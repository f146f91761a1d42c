// SPDX-License-Identifier: Apache-2.0

/// Text outside strings and comments.
extension StatementScanner {
    mutating func scanNormal(_ window: Window) -> Outcome {
        if phase == .leading {
            let outcome = scanLeading(window)
            guard case .goOn = outcome else { return outcome }
            guard state == .normal else { return .goOn }
        }
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while true {
            if phase == .skipping {
                index = bytes.firstIndex(ofClass: ByteClass.stop, from: index, to: end)
            } else {
                // Words matter: read token by token.
                guard let place = scanWords(from: index, window) else { return .exhausted }
                index = place
            }
            guard index < end else { return exhausted(at: index, window) }
            switch bytes[index] {
            case Ascii.quote:
                hasToken = true
                open(.string, at: index, window)
                stringForm = stringForm(ofQuoteAt: index, window)
                guard case .goOn = scanString(window) else { return .exhausted }
                guard state == .normal else { return .goOn }
                index = offset - window.base
            case Ascii.openParenthesis:
                if parenthesisDepth == 0 { parenthesis = OpenConstruct(at: window.base + index) }
                parenthesisDepth += 1
                hasToken = true
                index += 1
            case Ascii.closeParenthesis:
                if parenthesisDepth > 0 { parenthesisDepth -= 1 }
                hasToken = true
                index += 1
            case Ascii.semicolon:
                index += 1
                guard parenthesisDepth == 0, blockDepth == 0 else { continue }
                offset = window.base + index
                return .event(endStatement())
            case Ascii.minus:
                guard index + 1 < end || window.isFinal else { return exhausted(at: index, window) }
                guard index + 1 < end, bytes[index + 1] == Ascii.minus, !isInsideNumber(index, window) else {
                    hasToken = true
                    index += 1
                    continue
                }
                index = bytes.firstIndex(of: Ascii.newline, or: Ascii.carriageReturn, from: index + 2, to: end)
                guard index < end else {
                    state = .lineComment
                    return consume(to: index, window)
                }
            case Ascii.slash:
                guard index + 1 < end || window.isFinal else { return exhausted(at: index, window) }
                guard index + 1 < end, bytes[index + 1] == Ascii.asterisk else {
                    hasToken = true
                    index += 1
                    continue
                }
                open(.blockComment, at: index, window, length: 2)
                commentDepth = 1
                return .goOn
            case Ascii.dollar:
                hasToken = true
                guard let place = scanDollar(at: index, window) else { return exhausted(at: index, window) }
                guard state == .normal else { return .goOn }
                index = place
            case Ascii.doubleQuote:
                hasToken = true
                open(.quotedIdentifier, at: index, window)
                guard case .goOn = scanQuotedIdentifier(window) else { return .exhausted }
                index = offset - window.base
            case Ascii.colon:
                hasToken = true
                let outcome = scanColon(at: index, window)
                guard case .goOn = outcome else { return outcome }
                index = offset - window.base
            case Ascii.backslash:
                return scanBackslash(at: index, window)
            case Ascii.openBracket:
                bracketDepth += 1
                hasToken = true
                index += 1
            case Ascii.closeBracket:
                if bracketDepth > 0 { bracketDepth -= 1 }
                hasToken = true
                index += 1
            default:
                hasToken = true
                index += 1
            }
        }
    }

    /// White space and line comments before a statement; then opens the statement.
    private mutating func scanLeading(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while true {
            index = bytes.endOfRun(ByteClass.space, from: index, to: end)
            guard index < end else { return consume(to: index, window) }
            if bytes[index] == Ascii.backslash { break }
            guard bytes[index] == Ascii.minus else { break }
            guard index + 1 < end || window.isFinal else { return consume(to: index, window) }
            guard index + 1 < end, bytes[index + 1] == Ascii.minus else { break }
            index = bytes.firstIndex(of: Ascii.newline, or: Ascii.carriageReturn, from: index + 2, to: end)
            guard index < end else {
                state = .lineComment
                return consume(to: index, window)
            }
        }
        offset = window.base + index
        if bytes[index] == Ascii.backslash { return scanBackslash(at: index, window) }
        tracker.advance(to: offset, in: bytes, base: window.base)
        statementStart = tracker.position
        hasToken = false
        phase = .identifying
        routineWords = .none
        bracketDepth = 0
        tokenFloor = offset
        return .goOn
    }

    private mutating func endStatement() -> ScanEvent {
        let start = statementStart ?? SourcePosition(offset: offset)
        statementStart = nil
        phase = .leading
        return .statement(StatementSpan(start: start, end: offset, isTerminated: true, isEmpty: !hasToken))
    }

    /// Enters `state`, which begins at `index`.
    @inline(__always)
    private mutating func open(_ state: State, at index: Int, _ window: Window, length: Int = 1) {
        self.state = state
        construct = OpenConstruct(at: window.base + index)
        offset = window.base + index + length
    }

    /// Stops at `index`; everything before it is read.
    mutating func consume(to index: Int, _ window: Window) -> Outcome {
        offset = window.base + index
        return .exhausted
    }

    /// Stops for want of bytes, and leaves unread what a byte at `index` could still belong to.
    mutating func exhausted(at index: Int, _ window: Window) -> Outcome {
        guard !window.isFinal else { return consume(to: window.end, window) }
        let floor = max(tokenFloor, offset) - window.base
        let start = window.bytes.startOfRun(before: index, floor: floor)
        tokenFloor = window.base + start
        return consume(to: start, window)
    }
}
