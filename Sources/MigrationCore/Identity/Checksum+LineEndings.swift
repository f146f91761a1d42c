// SPDX-License-Identifier: Apache-2.0

extension Checksum {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Whether the recorded checksum is that of the same text with other line endings, or with or without a byte
    /// order mark: what a checkout on another system or an editor does to a file without changing what it says.
    ///
    /// Tried are line feeds throughout and carriage return with line feed throughout, each with and without the mark.
    /// A recorded text that mixed both kinds of line ends cannot be told from another text.
    public static func differsOnlyInLineEndings(recorded: Checksum, bytes: [UInt8]) -> Bool {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        let lineFeeds = withLineFeeds(text)
        for form in [lineFeeds, withCarriageReturns(lineFeeds[...])] {
            for mark in [[], byteOrderMark] {
                var hasher = Hasher()
                hasher.update(mark[...])
                hasher.update(form[...])
                if hasher.finalize() == recorded { return true }
            }
        }
        return false
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

    private static func withCarriageReturns(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 16)
        for byte in text {
            if byte == 0x0A { result.append(0x0D) }
            result.append(byte)
        }
        return result
    }
}
