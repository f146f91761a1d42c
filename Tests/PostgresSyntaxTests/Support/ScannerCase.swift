// SPDX-License-Identifier: Apache-2.0

import Testing

/// A text and what the scanner has to report for it, in the notation of `EventReader`.
struct ScannerCase: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: [String]

    init(_ text: String, _ expected: [String]) {
        self.text = text
        self.expected = expected
    }

    /// A text that is one statement from its first byte to its last.
    init(whole text: String) {
        self.init(text, [text])
    }

    var testDescription: String { text.debugDescription }

    /// Every case of every table.
    static let all = basics + strings + dollars + comments + routines + psql + copies + numbers
}
