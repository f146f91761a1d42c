// SPDX-License-Identifier: Apache-2.0

/// The inline data of `COPY … FROM STDIN`.
extension StatementScanner {
    /// Reads what stands behind the COPY on its line, and then begins its data.
    ///
    /// psql takes the data from the next line on, while the rest of the line is still to be read. Returns `nil` when the scan
    /// can go on in the new state.
    mutating func scanRestOfCopyLine(_ window: Window) -> ScanEvent? {
        let bytes = window.bytes
        let newline = bytes.firstIndex(of: Ascii.newline, from: offset - window.base, to: window.end)
        guard newline < window.end else {
            // Without a further line there is no data.
            guard window.isFinal else { return .needsInput }
            return endOfCopyData(at: offset, upTo: offset, window, hasEndMarker: false)
        }
        var line = window
        line.end = newline
        line.isFinal = true
        if case .event(let event) = run(line) { return event }
        guard phase == .leading || !hasToken, state == .normal || state == .lineComment || state == .afterString else {
            return stop(.misplacedCopyData(statementStart ?? tracker.position))
        }
        statementStart = nil
        phase = .leading
        state = .copyData
        isAtCopyLineStart = true
        offset = window.base + newline + 1
        return nil
    }

    mutating func scanCopyData(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        let start = offset - window.base
        var index = bytes.firstIndex(of: Ascii.backslash, from: start, to: end)
        while index < end {
            if index > start ? bytes[index - 1] == Ascii.newline : isAtCopyLineStart {
                switch endMarker(at: index, window) {
                case .none: break
                case .some(let markerEnd) where markerEnd > end:
                    isAtCopyLineStart = true
                    return partOfCopyData(start, index, window)
                case .some(let markerEnd):
                    return .event(
                        endOfCopyData(
                            at: window.base + markerEnd, upTo: window.base + index, window, hasEndMarker: true))
                }
            }
            index = bytes.firstIndex(of: Ascii.backslash, from: index + 1, to: end)
        }
        if end > start { isAtCopyLineStart = bytes[end - 1] == Ascii.newline }
        guard window.isFinal else { return partOfCopyData(start, index, window) }
        return .event(
            endOfCopyData(at: window.base + end, upTo: window.base + end, window, hasEndMarker: false))
    }

    /// The place behind the line `\.` at `index`; `nil` if it is another line, beyond the window if that is not known yet.
    private func endMarker(at index: Int, _ window: Window) -> Int? {
        let bytes = window.bytes
        let unknown = window.end + 1
        guard index + 1 < window.end else { return window.isFinal ? nil : unknown }
        guard bytes[index + 1] == Ascii.dot else { return nil }
        var place = index + 2
        if place < window.end, bytes[place] == Ascii.carriageReturn { place += 1 }
        // Behind the text's last line there may be no newline.
        guard place < window.end else { return window.isFinal ? place : unknown }
        return bytes[place] == Ascii.newline ? place + 1 : nil
    }

    private mutating func partOfCopyData(_ start: Int, _ index: Int, _ window: Window) -> Outcome {
        guard index > start else { return .exhausted }
        tracker.advance(to: offset, in: window.bytes, base: window.base)
        offset = window.base + index
        return .event(
            .copyData(CopyData(start: tracker.position, end: offset, isComplete: false, hasEndMarker: false)))
    }

    private mutating func endOfCopyData(
        at next: Int, upTo end: Int, _ window: Window, hasEndMarker: Bool
    ) -> ScanEvent {
        tracker.advance(to: offset, in: window.bytes, base: window.base)
        let start = tracker.position
        offset = next
        pendingCopies -= 1
        isAtCopyLineStart = true
        if pendingCopies == 0, state == .copyData { state = .normal }
        tokenFloor = offset
        return .copyData(CopyData(start: start, end: end, isComplete: true, hasEndMarker: hasEndMarker))
    }
}
