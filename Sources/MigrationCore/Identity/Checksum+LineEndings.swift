// SPDX-License-Identifier: Apache-2.0

extension Checksum {
    /// Whether the recorded checksum is that of the same text with other line endings, or with or without a byte
    /// order mark: what a checkout on another system or an editor does to a file without changing what it says.
    ///
    /// Tried are line feeds throughout and carriage return with line feed throughout, each with and without the mark.
    /// A recorded text that mixed both kinds of line ends cannot be told from another text.
    ///
    /// - Throws: What the script's storage throws.
    public static func differsOnlyInLineEndings(recorded: Checksum, script: MigrationScript) throws -> Bool {
        var forms = LineEndingForms()
        try script.forEachPiece { forms.update($0) }
        return forms.finalize().contains(recorded)
    }
}

/// The checksums of one text with each kind of line ends, with and without a byte order mark.
private struct LineEndingForms {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var lineFeeds = [Checksum.Hasher(), Checksum.Hasher()]
    private var carriageReturns = [Checksum.Hasher(), Checksum.Hasher()]
    /// What a piece ended with, and whose meaning the next piece tells: the beginning of a mark, or a carriage return.
    private var kept: [UInt8] = []
    private var isAtStart = true

    init() {
        lineFeeds[1].update(Self.byteOrderMark[...])
        carriageReturns[1].update(Self.byteOrderMark[...])
    }

    mutating func update(_ piece: ArraySlice<UInt8>) {
        var text = kept.isEmpty ? piece : (kept + piece)[...]
        kept = []
        if isAtStart {
            if text.count < 3, Self.byteOrderMark.starts(with: text) { return kept = Array(text) }
            isAtStart = false
            if text.starts(with: Self.byteOrderMark) { text = text.dropFirst(3) }
        }
        if text.last == 0x0D {
            kept = [0x0D]
            text = text.dropLast()
        }
        take(text)
    }

    /// Takes text that does not end between a carriage return and a line feed.
    private mutating func take(_ text: ArraySlice<UInt8>) {
        let plain = Self.withLineFeeds(text)
        for index in lineFeeds.indices { lineFeeds[index].update(plain[...]) }
        let returned = Self.withCarriageReturns(plain)
        for index in carriageReturns.indices { carriageReturns[index].update(returned[...]) }
    }

    mutating func finalize() -> [Checksum] {
        take(kept[...])
        kept = []
        return (lineFeeds + carriageReturns).map { $0.finalize() }
    }

    private static func withLineFeeds(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for (index, byte) in zip(text.indices, text) {
            let endsLine = byte == 0x0D && index + 1 < text.endIndex && text[index + 1] == 0x0A
            if !endsLine { result.append(byte) }
        }
        return result
    }

    private static func withCarriageReturns(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 16)
        for byte in text {
            if byte == 0x0A { result.append(0x0D) }
            result.append(byte)
        }
        return result
    }
}
