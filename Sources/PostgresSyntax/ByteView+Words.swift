// SPDX-License-Identifier: Apache-2.0

/// Where words and numbers end, by psql 15's rules. All return `end` when the bytes end first.
extension ByteView {
    /// The end of the number that begins at `start`, with the junk that PostgreSQL counts as part of it (`1abc`).
    ///
    /// `start` is a digit, or a dot with a digit behind it.
    func endOfNumber(from start: Int, to end: Int) -> Int {
        var index = endOfRun(ByteClass.digit, from: start, to: end)
        if index < end, self[index] == Ascii.dot {
            // `1..10` is 1, two dots, 10.
            if index > start, index + 1 < end, self[index + 1] == Ascii.dot { return index }
            index = endOfRun(ByteClass.digit, from: index + 1, to: end)
        }
        if index + 1 < end, self[index] | 0x20 == Ascii.e,
            self[index + 1] == Ascii.plus || self[index + 1] == Ascii.minus
        {
            // A sign without digits behind it is still part of the (malformed) number.
            let exponent = endOfRun(ByteClass.digit, from: index + 2, to: end)
            guard exponent > index + 2 else { return exponent }
            index = exponent
        }
        guard index < end, isClass(ByteClass.wordStart, at: index) else { return index }
        return endOfRun(ByteClass.word, from: index, to: end)
    }

    /// The end of the parameter (`$1`) that begins at `start`, with the junk behind it.
    func endOfParameter(from start: Int, to end: Int) -> Int {
        let index = endOfRun(ByteClass.digit, from: start + 1, to: end)
        guard index < end, isClass(ByteClass.wordStart, at: index) else { return index }
        return endOfRun(ByteClass.word, from: index, to: end)
    }

    /// The place after the second `$` of the dollar-quote delimiter that begins at `start`.
    ///
    /// `nil` where none begins; `unknown` where the bytes end before that is decided.
    func endOfDollarTag(from start: Int, to end: Int, unknown: Int) -> Int? {
        var index = start + 1
        if index < end, isClass(ByteClass.wordStart, at: index) {
            while index < end, self[index] != Ascii.dollar, isClass(ByteClass.word, at: index) { index += 1 }
        }
        guard index < end else { return unknown }
        return self[index] == Ascii.dollar ? index + 1 : nil
    }

    /// The first byte of the unbroken run of words, numbers and dots that ends before `index`.
    ///
    /// A token that touches `index` cannot begin before it. `floor` is a place where a token is known to begin.
    func startOfRun(before index: Int, floor: Int) -> Int {
        var start = index
        while start > floor {
            let byte = self[start - 1]
            if byte == Ascii.dot || byte == Ascii.ampersand || isClass(ByteClass.word, at: start - 1) {
                start -= 1
            } else if byte == Ascii.plus || byte == Ascii.minus, start - 1 > floor, self[start - 2] | 0x20 == Ascii.e {
                start -= 2
            } else {
                break
            }
        }
        return start
    }

    /// Whether a token begins at `place`: reads the run before it again, token by token.
    func isTokenStart(_ place: Int, floor: Int, end: Int) -> Bool {
        var index = startOfRun(before: place, floor: floor)
        while index < place {
            if isClass(ByteClass.digit, at: index) {
                index = endOfNumber(from: index, to: end)
            } else if isClass(ByteClass.wordStart, at: index) {
                index = endOfRun(ByteClass.word, from: index, to: end)
            } else if self[index] == Ascii.dot, index + 1 < end, self[index + 1] == Ascii.dot {
                index += 2
            } else if self[index] == Ascii.dot, index + 1 < end, isClass(ByteClass.digit, at: index + 1) {
                index = endOfNumber(from: index, to: end)
            } else {
                index += 1
            }
        }
        return index == place
    }
}
