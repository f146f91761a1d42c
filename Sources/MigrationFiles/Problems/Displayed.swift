// SPDX-License-Identifier: Apache-2.0

/// A text from outside, for a message: what would break the line or steer the terminal is written as an escape, and what
/// would fill the screen is shortened.
struct Displayed: CustomStringConvertible {
    private let text: String

    init(_ text: some StringProtocol) {
        self.text = String(text)
    }

    var description: String {
        guard !text.isEmpty else { return "\"\"" }
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        let shown = isPlain ? text : String(text.unicodeScalars.lazy.map(Self.show).joined())
        return shown.utf8.count > 1000 ? "\(shown.prefix(300))…" : shown
    }

    private static func show(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }
}
