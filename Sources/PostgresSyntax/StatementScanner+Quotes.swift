// SPDX-License-Identifier: Apache-2.0

/// Strings, quoted identifiers and dollar quotes. Each function begins at `offset`, inside its construct.
extension StatementScanner {
    mutating func scanString(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        let escapes = stringForm == .escape
        while true {
            index =
                escapes
                ? bytes.firstIndex(of: Ascii.quote, or: Ascii.backslash, from: index, to: end)
                : bytes.firstIndex(of: Ascii.quote, from: index, to: end)
            guard index < end else { return consume(to: index, window) }
            guard index + 1 < end else {
                // A quote or backslash is the last byte; what follows decides what it means.
                guard window.isFinal else { return consume(to: index, window) }
                offset = window.base + end
                if bytes[index] == Ascii.quote {
                    state = .afterString
                    continuation = .fresh
                }
                return .exhausted
            }
            if bytes[index] == Ascii.backslash || (bytes[index + 1] == Ascii.quote && stringForm != .bits) {
                index += 2
                continue
            }
            offset = window.base + index + 1
            if bytes.isClass(ByteClass.space, at: index + 1) || bytes[index + 1] == Ascii.minus {
                state = .afterString
                continuation = .fresh
            } else {
                state = .normal
            }
            return .goOn
        }
    }

    /// Looks whether the closed string is continued: a line end, then a quote, with only spaces and comments between.
    ///
    /// psql reads line by line and never sees a `\n`, so only a carriage return inside a line does it. The white space is
    /// consumed in any case: nothing depends on it when there is no continuation.
    mutating func scanAfterString(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while index < end {
            let byte = bytes[index]
            if continuation == .comment {
                index = bytes.firstIndex(of: Ascii.newline, or: Ascii.carriageReturn, from: index, to: end)
                guard index < end else { break }
                if bytes[index] == Ascii.newline { return endString(at: index, window) }
                continuation = .newline
                index += 1
                continue
            }
            switch byte {
            case Ascii.newline:
                // The lexer keeps the question open only if the line ended directly behind the quote.
                guard continuation == .fresh else { return endString(at: index, window) }
                index += 1
            case Ascii.carriageReturn:
                continuation = .newline
                index += 1
            case Ascii.space, Ascii.tab, Ascii.formFeed:
                if continuation == .fresh { continuation = .blank }
                index += 1
            case Ascii.minus:
                guard index + 1 < end || window.isFinal else { return consume(to: index, window) }
                guard index + 1 < end, bytes[index + 1] == Ascii.minus else { return endString(at: index, window) }
                continuation = .comment
                index += 2
            case Ascii.quote where continuation == .newline:
                offset = window.base + index + 1
                state = .string
                return .goOn
            default:
                return endString(at: index, window)
            }
        }
        return consume(to: index, window)
    }

    private mutating func endString(at index: Int, _ window: Window) -> Outcome {
        offset = window.base + index
        state = .normal
        return .goOn
    }

    mutating func scanQuotedIdentifier(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while true {
            index = bytes.firstIndex(of: Ascii.doubleQuote, from: index, to: end)
            guard index < end, index + 1 < end || window.isFinal else { return consume(to: index, window) }
            guard index + 1 < end, bytes[index + 1] == Ascii.doubleQuote else { break }
            index += 2
        }
        offset = window.base + index + 1
        state = .normal
        return .goOn
    }

    /// A `$` outside quotes, at `index`: part of a word, a parameter, or the start of a dollar quote.
    ///
    /// Returns the place to go on from, or `nil` when there are too few bytes.
    mutating func scanDollar(at index: Int, _ window: Window) -> Int? {
        let bytes = window.bytes
        let end = window.end
        var next = index + 1
        if isInsideWord(index, window) {
            next = bytes.endOfRun(ByteClass.word, from: next, to: end)
        } else if next < end, bytes.isClass(ByteClass.digit, at: next) {
            next = bytes.endOfParameter(from: index, to: end)
        } else if let tagEnd = bytes.endOfDollarTag(from: index, to: end, unknown: end + 1) {
            if tagEnd <= end {
                dollarTag.removeAll(keepingCapacity: true)
                for place in index..<tagEnd { dollarTag.append(bytes[place]) }
                state = .dollarQuote
                construct = OpenConstruct(at: window.base + index)
                offset = window.base + tagEnd
                return tagEnd
            }
            guard window.isFinal else { return nil }
        }
        guard next < end || window.isFinal else { return nil }
        tokenFloor = window.base + next
        return next
    }

    /// Whether the `$` at `index` continues a word: one that begins with a letter, or with a number and a letter.
    private func isInsideWord(_ index: Int, _ window: Window) -> Bool {
        let bytes = window.bytes
        let floor = tokenFloor - window.base
        var start = index
        while start > floor, bytes[start - 1] != Ascii.dollar, bytes.isClass(ByteClass.word, at: start - 1) {
            start -= 1
        }
        guard start < index else { return false }
        return bytes.endOfRun(ByteClass.digit, from: start, to: index) < index
    }

    mutating func scanDollarQuote(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while true {
            index = bytes.firstIndex(of: Ascii.dollar, from: index, to: end)
            guard index + dollarTag.count <= end else {
                return consume(to: window.isFinal ? end : index, window)
            }
            if bytes.hasBytes(dollarTag, at: index) { break }
            index += 1
        }
        offset = window.base + index + dollarTag.count
        tokenFloor = offset
        state = .normal
        return .goOn
    }
}
