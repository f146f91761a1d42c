// SPDX-License-Identifier: Apache-2.0

/// A part of a line that knows where in the file it is.
struct PositionedText {
    let text: Substring
    let position: TextPosition

    init(_ text: some StringProtocol, at position: TextPosition) {
        self.text = Substring(text)
        self.position = position
    }

    /// The text without blanks around it.
    var trimmed: PositionedText {
        let start = text.unicodeScalars.prefix(while: Self.isBlank).count
        let rest = text.unicodeScalars.dropFirst(start)
        let end = rest.reversed().prefix(while: Self.isBlank).count
        return PositionedText(Substring(rest.dropLast(end)), at: position.advanced(by: start))
    }

    /// The text after a number of characters.
    func dropping(_ count: Int) -> PositionedText {
        PositionedText(Substring(text.unicodeScalars.dropFirst(count)), at: position.advanced(by: count))
    }

    /// The first word, and the trimmed rest.
    func splitWord() -> (word: PositionedText, rest: PositionedText) {
        let length = text.unicodeScalars.prefix { !Self.isBlank($0) }.count
        let word = PositionedText(Substring(text.unicodeScalars.prefix(length)), at: position)
        return (word, dropping(length).trimmed)
    }

    /// The parts between separators, trimmed; empty ones too.
    func split(separator: Unicode.Scalar) -> [PositionedText] {
        var parts: [PositionedText] = []
        var rest = self
        while true {
            let length = rest.text.unicodeScalars.prefix { $0 != separator }.count
            parts.append(PositionedText(Substring(rest.text.unicodeScalars.prefix(length)), at: rest.position).trimmed)
            guard length < rest.text.unicodeScalars.count else { return parts }
            rest = rest.dropping(length + 1)
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{B}" || scalar == "\u{C}"
    }
}
