// SPDX-License-Identifier: Apache-2.0

/// The loop around the states, and what happens at the two ends of the text.
extension StatementScanner {
    mutating func next(_ window: Window) -> ScanEvent {
        if case .stopped(let event) = ending { return event }
        let event = scan(window)
        // The caller may now drop the bytes before `offset`, so count their lines first.
        advanceTracker(to: offset, window)
        return event
    }

    private mutating func scan(_ window: Window) -> ScanEvent {
        var window = window
        if offset == 0, tracker.position.offset == 0, !skipByteOrderMark(window) { return .needsInput }
        // Each call begins at a token, or inside a construct.
        tokenFloor = max(tokenFloor, offset)
        let nul = firstNul(window)
        if let nul {
            window.end = nul
            window.isFinal = false
        }
        if activeStandardStrings != standardConformingStrings { followSetting(window) }
        if pendingCopies > 0, state != .copyData, let event = scanRestOfCopyLine(window) { return event }
        if case .event(let event) = run(window) { return event }
        if window.isFinal { return finish(window) }
        guard let nul else { return .needsInput }
        advanceTracker(to: window.base + nul, window)
        offset = window.base + nul
        return stop(.nulByte(tracker.position))
    }

    /// Scans up to an event or the end of the window.
    mutating func run(_ window: Window) -> Outcome {
        while true {
            let outcome: Outcome
            switch state {
            case .normal: outcome = scanNormal(window)
            case .lineComment: outcome = scanLineComment(window)
            case .blockComment: outcome = scanBlockComment(window)
            case .string: outcome = scanString(window)
            case .afterString: outcome = scanAfterString(window)
            case .quotedIdentifier: outcome = scanQuotedIdentifier(window)
            case .dollarQuote: outcome = scanDollarQuote(window)
            case .copyData: outcome = scanCopyData(window)
            }
            if case .goOn = outcome { continue }
            return outcome
        }
    }

    /// Reports what is left at the end of the text, one event a call.
    private mutating func finish(_ window: Window) -> ScanEvent {
        if case .statementReported = ending { return .end }
        if let open = unterminatedKind {
            advanceTracker(to: window.base + window.end, window)
            let place = open == .parenthesis ? parenthesis : open == .block ? block : construct
            return stop(
                .unterminated(UnterminatedConstruct(kind: open, start: place.position ?? tracker.position)), then: .end)
        }
        ending = .statementReported
        guard let start = statementStart else { return .end }
        statementStart = nil
        return .statement(
            StatementSpan(start: start, end: window.base + window.end, isTerminated: false, isEmpty: !hasToken))
    }

    private var unterminatedKind: UnterminatedConstruct.Kind? {
        switch state {
        case .string: return .string
        case .quotedIdentifier: return .quotedIdentifier
        case .blockComment: return .blockComment
        case .dollarQuote: return .dollarQuote
        case .normal, .lineComment, .afterString, .copyData:
            if parenthesisDepth > 0 { return .parenthesis }
            return blockDepth > 0 ? .block : nil
        }
    }

    /// Makes `event` the last one, or the last but `next`.
    mutating func stop(_ event: ScanEvent, then next: ScanEvent? = nil) -> ScanEvent {
        ending = .stopped(next ?? event)
        return event
    }

    /// Moves the line count to `target`, noting on the way the places of constructs that may have to be reported.
    mutating func advanceTracker(to target: Int, _ window: Window) {
        // In the order in which they stand in the text: a block is counted outside parentheses only.
        if blockDepth > 0 { tracker.note(&block, before: target, in: window.bytes, base: window.base) }
        if parenthesisDepth > 0 { tracker.note(&parenthesis, before: target, in: window.bytes, base: window.base) }
        switch state {
        case .string, .afterString, .quotedIdentifier, .blockComment, .dollarQuote:
            tracker.note(&construct, before: target, in: window.bytes, base: window.base)
        case .normal, .lineComment, .copyData: break
        }
        tracker.advance(to: target, in: window.bytes, base: window.base)
    }

    /// Returns false when more bytes are needed to see whether there is a mark.
    private mutating func skipByteOrderMark(_ window: Window) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard window.base == 0 else { return true }
        for (index, byte) in mark.enumerated() {
            guard index < window.end else { return window.isFinal }
            guard window.bytes[index] == byte else { return true }
        }
        tracker.skip(mark.count)
        offset = mark.count
        tokenFloor = offset
        return true
    }

    private mutating func firstNul(_ window: Window) -> Int? {
        let start = min(max(checkedForNul - window.base, 0), window.end)
        guard window.bytes.hasNul(from: start, to: window.end) else {
            checkedForNul = window.base + window.end
            return nil
        }
        let found = window.bytes.firstIndex(of: 0, from: start, to: window.end)
        checkedForNul = window.base + found
        return found
    }
}

/// `standard_conforming_strings`, which psql looks up once a line.
extension StatementScanner {
    mutating func settingChanged(from old: Bool) {
        // An earlier change may have come into force during the last scan.
        if let switchOffset, offset > switchOffset { activeStandardStrings = old }
        switchOffset = nil
        searchedForNewline = offset
        // Nothing has been read of the first line yet.
        if offset == 0 { activeStandardStrings = standardConformingStrings }
    }

    /// Looks for the line end from which on the new value counts.
    private mutating func followSetting(_ window: Window) {
        if switchOffset == nil {
            let start = max(offset, searchedForNewline) - window.base
            let newline = window.bytes.firstIndex(of: Ascii.newline, from: min(start, window.end), to: window.end)
            searchedForNewline = window.base + newline
            if newline < window.end { switchOffset = searchedForNewline }
        }
        if let place = switchOffset, offset > place { activeStandardStrings = standardConformingStrings }
    }

    /// The form of an unprefixed string that begins at the absolute offset `place`.
    @inline(__always)
    func plainStringForm(at place: Int) -> StringForm {
        var isStandard = activeStandardStrings
        if let switchOffset, activeStandardStrings != standardConformingStrings, place > switchOffset {
            isStandard = standardConformingStrings
        }
        return isStandard ? .standard : .escape
    }
}
