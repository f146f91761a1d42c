// SPDX-License-Identifier: Apache-2.0

/// Comments. Each function begins at `offset`, inside the comment.
extension StatementScanner {
    mutating func scanLineComment(_ window: Window) -> Outcome {
        let start = offset - window.base
        let index = window.bytes.firstIndex(of: Ascii.newline, or: Ascii.carriageReturn, from: start, to: window.end)
        offset = window.base + index
        guard index < window.end else { return .exhausted }
        state = .normal
        return .goOn
    }

    mutating func scanBlockComment(_ window: Window) -> Outcome {
        let bytes = window.bytes
        let end = window.end
        var index = offset - window.base
        while true {
            index = bytes.firstIndex(of: Ascii.asterisk, or: Ascii.slash, from: index, to: end)
            guard index < end else { return consume(to: end, window) }
            guard index + 1 < end else { return consume(to: window.isFinal ? end : index, window) }
            if bytes[index] == Ascii.asterisk, bytes[index + 1] == Ascii.slash {
                index += 2
                commentDepth -= 1
                if commentDepth == 0 { break }
            } else if bytes[index] == Ascii.slash, bytes[index + 1] == Ascii.asterisk {
                index += 2
                commentDepth += 1
            } else {
                index += 1
            }
        }
        offset = window.base + index
        state = .normal
        return .goOn
    }
}
