// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// The beginning of a statement of somebody else, to be shown to people: on one line, and without the contents of its strings,
/// any of which can be a password.
struct StatementSummary {
    private static let limit = 80

    let text: String

    init(_ statement: String) {
        let bytes = Array(statement.utf8)
        var tokenizer = SQLTokenizer()
        var text = ""
        var end = 0
        while text.count < Self.limit, let token = tokenizer.next(in: bytes.span) {
            if token.offset > end, !text.isEmpty { text += " " }
            text += Self.shown(token, String(decoding: bytes[token.range], as: UTF8.self))
            end = token.offset + token.length
        }
        self.text = text.count > Self.limit ? "\(text.prefix(Self.limit - 1))…" : text
    }

    private static func shown(_ token: SQLToken, _ text: String) -> String {
        switch token.kind {
        case .string, .dollarString: "'…'"
        default: text
        }
    }
}
