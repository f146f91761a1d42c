// SPDX-License-Identifier: Apache-2.0

/// A `--` comment that addresses us, not yet understood.
struct DirectiveComment: Hashable, Sendable {
    /// What follows `--`, up to the line's end.
    let text: String
    /// The place of the first character of `text`.
    let position: TextPosition

    /// The word that marks a directive, followed by a colon.
    static let marker = "strata"

    /// Takes a comment that begins with the marker; `nil` for all others.
    init?(bytes: [UInt8], position: TextPosition) {
        let word = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.prefix(Self.marker.utf8.count)
        guard word.elementsEqual(Self.marker.utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
        self.position = position
    }
}
