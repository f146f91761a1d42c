// SPDX-License-Identifier: Apache-2.0

/// Words, where they matter: at the start of a statement, and in the body of a routine.
extension StatementScanner {
    /// Reads words and numbers up to the next byte that the caller has to look at.
    ///
    /// Returns `nil` when there are too few bytes.
    mutating func scanWords(from start: Int, _ window: Window) -> Int? {
        let bytes = window.bytes
        let end = window.end
        var index = start
        while index < end, !bytes.isClass(ByteClass.stop, at: index) {
            if bytes.isClass(ByteClass.space, at: index) {
                index += 1
                continue
            }
            hasToken = true
            if bytes.isClass(ByteClass.wordStart, at: index) {
                let wordEnd = bytes.endOfRun(ByteClass.word, from: index, to: end)
                guard wordEnd < end || window.isFinal else { return giveUp(at: index, window) }
                if !isPrefix(index..<wordEnd, window) {
                    count(index..<wordEnd, window)
                    // No word may be counted a second time when bytes run out behind it.
                    tokenFloor = window.base + wordEnd
                }
                index = wordEnd
                if phase == .skipping {
                    return bytes.firstIndex(ofClass: ByteClass.stop, from: index, to: end)
                }
            } else if bytes.isClass(ByteClass.digit, at: index) || bytes[index] == Ascii.dot {
                guard let place = scanNumberOrDots(from: index, window) else { return giveUp(at: index, window) }
                tokenFloor = window.base + place
                index = place
            } else {
                index += 1
            }
        }
        return index
    }

    private mutating func giveUp(at index: Int, _ window: Window) -> Int? {
        _ = exhausted(at: index, window)
        return nil
    }

    private func scanNumberOrDots(from index: Int, _ window: Window) -> Int? {
        let bytes = window.bytes
        var place = index + 1
        if bytes[index] != Ascii.dot {
            place = bytes.endOfNumber(from: index, to: window.end)
        } else if place < window.end {
            if bytes.isClass(ByteClass.digit, at: place) {
                place = bytes.endOfNumber(from: index, to: window.end)
            } else if bytes[place] == Ascii.dot {
                place += 1
            }
        }
        return place < window.end || window.isFinal ? place : nil
    }

    /// Whether the word is the prefix of a string or quoted identifier, which psql does not count as a word.
    private func isPrefix(_ word: Range<Int>, _ window: Window) -> Bool {
        guard word.count == 1, word.upperBound < window.end else { return false }
        let next = window.bytes[word.upperBound]
        switch window.bytes.lowercased(at: word.lowerBound) {
        case Ascii.b, Ascii.e, Ascii.n, Ascii.x: return next == Ascii.quote
        case Ascii.u: return next == Ascii.ampersand
        default: return false
        }
    }

    /// Counts a word in the way by which psql finds the bodies of SQL-standard routines.
    private mutating func count(_ word: Range<Int>, _ window: Window) {
        let bytes = window.bytes
        guard phase == .identifying else { return countBlocks(word, window) }
        switch routineWords {
        case .none where bytes.spells("create", in: word): routineWords = .create
        case .create where bytes.spells("or", in: word): routineWords = .createOr
        case .createOr where bytes.spells("replace", in: word): routineWords = .createOrReplace
        case .create where bytes.spells("function", in: word) || bytes.spells("procedure", in: word),
            .createOrReplace where bytes.spells("function", in: word) || bytes.spells("procedure", in: word):
            phase = .tracking
        default: phase = .skipping
        }
    }

    private mutating func countBlocks(_ word: Range<Int>, _ window: Window) {
        guard parenthesisDepth == 0, word.count >= 3, word.count <= 5 else { return }
        let bytes = window.bytes
        if bytes.spells("begin", in: word) {
            if blockDepth == 0 { block = OpenConstruct(at: window.base + word.lowerBound) }
            blockDepth += 1
        } else if blockDepth > 0 {
            if bytes.spells("case", in: word) {
                // A CASE is closed by an END, too.
                blockDepth += 1
            } else if bytes.spells("end", in: word) {
                blockDepth -= 1
            }
        }
    }
}

/// What has to be known of the bytes before a quote or a dash.
extension StatementScanner {
    /// The form of the string whose opening quote is at `index`: looks back for a prefix.
    func stringForm(ofQuoteAt index: Int, _ window: Window) -> StringForm {
        let plain = plainStringForm(at: window.base + index)
        let bytes = window.bytes
        let floor = tokenFloor - window.base
        guard index > floor else { return plain }
        var place = index - 1
        var form: StringForm
        switch bytes[place] {
        case Ascii.e, Ascii.e ^ 0x20: form = .escape
        case Ascii.b, Ascii.b ^ 0x20, Ascii.x, Ascii.x ^ 0x20: form = .bits
        case Ascii.ampersand:
            place -= 1
            guard place >= floor, bytes[place] | 0x20 == Ascii.u else { return plain }
            form = .unicode
        default: return plain
        }
        guard place > floor else { return form }
        if bytes.isClass(ByteClass.word, at: place - 1) { return plain }
        // `1.E'…'` is a malformed number and a plain string, `t.E'…'` is not.
        if bytes[place - 1] == Ascii.dot, !bytes.isTokenStart(place, floor: floor, end: window.end) { form = plain }
        return form
    }

    /// Whether the dash at `index` is the sign of a malformed number, as in `1e--`.
    mutating func isInsideNumber(_ index: Int, _ window: Window) -> Bool {
        let floor = tokenFloor - window.base
        guard index > floor, window.bytes[index - 1] | 0x20 == Ascii.e else { return false }
        return !window.bytes.isTokenStart(index, floor: floor, end: window.end)
    }
}
