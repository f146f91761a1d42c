// SPDX-License-Identifier: Apache-2.0

/// Reads what `array_to_json` writes for a list of texts: no library is worth that.
enum JSONStrings {
    static func parse(_ text: String) -> [String] {
        var strings: [String] = []
        var current: String.UnicodeScalarView?
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard current != nil else {
                if scalar == "\"" { current = .init() }
                continue
            }
            switch scalar {
            case "\"":
                strings.append(String(current ?? .init()))
                current = nil
            case "\\":
                if let escaped = unescape(&scalars) { current?.append(escaped) }
            default: current?.append(scalar)
            }
        }
        return strings
    }

    private static func unescape(
        _ scalars: inout String.UnicodeScalarView.Iterator
    ) -> Unicode.Scalar? {
        switch scalars.next() {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "u":
            // PostgreSQL writes control characters so, and nothing else.
            var digits = ""
            for _ in 0..<4 { if let digit = scalars.next() { digits.unicodeScalars.append(digit) } }
            return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        case let other: return other
        }
    }
}
