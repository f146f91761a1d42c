// SPDX-License-Identifier: Apache-2.0

/// The work of `SQLTokenizer`, on bytes that are already at hand.
struct TokenReader {
    let bytes: ByteView
    var index: Int
    let end: Int
    var standardStrings: Bool

    /// The next token, or `nil` at the end.
    mutating func next() -> SQLToken? {
        skipBlanks()
        guard index < end else { return nil }
        let start = index
        let kind = readToken()
        return SQLToken(kind: kind, offset: start, length: index - start)
    }

    /// The byte at a distance from the current one; 0 behind the end.
    private func byte(_ distance: Int) -> UInt8 {
        index + distance < end ? bytes[index + distance] : 0
    }

    /// Moves over white space and comments.
    private mutating func skipBlanks() {
        while true {
            index = bytes.endOfRun(ByteClass.space, from: index, to: end)
            if byte(0) == Ascii.minus, byte(1) == Ascii.minus {
                index = bytes.firstIndex(of: Ascii.newline, or: Ascii.carriageReturn, from: index + 2, to: end)
            } else if byte(0) == Ascii.slash, byte(1) == Ascii.asterisk {
                skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        while index < end {
            if byte(0) == Ascii.slash, byte(1) == Ascii.asterisk {
                depth += 1
                index += 2
            } else if byte(0) == Ascii.asterisk, byte(1) == Ascii.slash {
                depth -= 1
                index += 2
                if depth == 0 { return }
            } else {
                index = bytes.firstIndex(of: Ascii.asterisk, or: Ascii.slash, from: index + 1, to: end)
            }
        }
    }

    private mutating func readToken() -> SQLToken.Kind {
        if bytes.isClass(ByteClass.wordStart, at: index) { return readWord() }
        if bytes.isClass(ByteClass.digit, at: index) { return readNumber() }
        switch bytes[index] {
        case Ascii.quote:
            return readString(.string, escapes: !standardStrings, doubles: true)
        case Ascii.doubleQuote:
            return readString(.quotedIdentifier, escapes: false, doubles: true)
        case Ascii.dollar:
            return readDollar()
        case Ascii.dot where index + 1 < end && bytes.isClass(ByteClass.digit, at: index + 1):
            return readNumber()
        case Ascii.dot where byte(1) == Ascii.dot, Ascii.colon where byte(1) == Ascii.colon || byte(1) == Ascii.equals:
            index += 2
            return .punctuation
        default:
            if bytes.isClass(ByteClass.op, at: index) { return readOperator() }
            index += 1
            return .punctuation
        }
    }

    private mutating func readNumber() -> SQLToken.Kind {
        index = bytes.endOfNumber(from: index, to: end)
        return .number
    }

    private mutating func readWord() -> SQLToken.Kind {
        if byte(1) == Ascii.quote {
            switch bytes.lowercased(at: index) {
            case Ascii.e: return readString(.string, escapes: true, doubles: true, prefix: 1)
            case Ascii.n: return readString(.string, escapes: !standardStrings, doubles: true, prefix: 1)
            case Ascii.b, Ascii.x: return readString(.bitString, escapes: false, doubles: false, prefix: 1)
            default: break
            }
        } else if byte(1) == Ascii.ampersand, bytes.lowercased(at: index) == Ascii.u {
            if byte(2) == Ascii.quote { return readString(.string, escapes: false, doubles: true, prefix: 2) }
            if byte(2) == Ascii.doubleQuote {
                return readString(.quotedIdentifier, escapes: false, doubles: true, prefix: 2)
            }
        }
        index = bytes.endOfRun(ByteClass.word, from: index, to: end)
        return .word
    }

    /// Reads up to the quote that closes the one behind the prefix.
    private mutating func readString(
        _ kind: SQLToken.Kind, escapes: Bool, doubles: Bool, prefix: Int = 0
    ) -> SQLToken.Kind {
        index += prefix
        let quote = bytes[index]
        index += 1
        while index < end {
            index = bytes.firstIndex(of: quote, or: escapes ? Ascii.backslash : quote, from: index, to: end)
            guard index < end else { break }
            if bytes[index] != quote || (doubles && byte(1) == quote) {
                index = min(index + 2, end)
            } else {
                index += 1
                break
            }
        }
        return kind
    }

    private mutating func readDollar() -> SQLToken.Kind {
        if index + 1 < end, bytes.isClass(ByteClass.digit, at: index + 1) {
            index = bytes.endOfParameter(from: index, to: end)
            return .parameter
        }
        guard let tagEnd = bytes.endOfDollarTag(from: index, to: end, unknown: end + 1), tagEnd <= end else {
            index += 1
            return .punctuation
        }
        let tag = index..<tagEnd
        index = tagEnd
        while true {
            index = bytes.firstIndex(of: Ascii.dollar, from: index, to: end)
            guard index + tag.count <= end else {
                index = end
                return .dollarString
            }
            if (0..<tag.count).allSatisfy({ bytes[index + $0] == bytes[tag.lowerBound + $0] }) {
                index += tag.count
                return .dollarString
            }
            index += 1
        }
    }

    /// An operator stops before a comment; `+` and `-` end one only if it holds a character that SQL's own operators lack.
    ///
    /// Source: PostgreSQL, "Lexical Structure", section "Operators".
    private mutating func readOperator() -> SQLToken.Kind {
        var stop = index + 1
        while stop < end, bytes.isClass(ByteClass.op, at: stop) {
            let pair = (bytes[stop], stop + 1 < end ? bytes[stop + 1] : 0)
            if pair == (Ascii.minus, Ascii.minus) || pair == (Ascii.slash, Ascii.asterisk) { break }
            stop += 1
        }
        let isFree = (index..<stop).contains { !"+-*/<>=".utf8.contains(bytes[$0]) }
        if !isFree {
            while stop > index + 1, bytes[stop - 1] == Ascii.plus || bytes[stop - 1] == Ascii.minus { stop -= 1 }
        }
        index = stop
        return .operator
    }
}
