// SPDX-License-Identifier: Apache-2.0

/// Text as programs read it, which is bytes. Swift's own `contains`, `split` and `replacing` compare characters, and a sign of
/// ASCII that something combines with is another character: it would be passed over.
extension String {
    /// Whether a sign of ASCII is in it.
    func hasByte(_ sign: Unicode.Scalar) -> Bool { utf8.contains(UInt8(ascii: sign)) }

    /// Each of some signs of ASCII replaced by a text.
    func replacingBytes(_ replacements: [Unicode.Scalar: String]) -> String {
        let byByte = Dictionary(uniqueKeysWithValues: replacements.map { (UInt8(ascii: $0), Array($1.utf8)) })
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 8)
        for byte in utf8 {
            if let replacement = byByte[byte] { bytes += replacement } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Each place that has exactly the bytes of a text replaced.
    func replacingBytes(of text: String, with replacement: String) -> String {
        guard !text.isEmpty else { return self }
        let parts = Array(utf8).split(separator: Array(text.utf8), omittingEmptySubsequences: false)
        return String(decoding: Array(parts.joined(separator: Array(replacement.utf8))), as: UTF8.self)
    }
}
