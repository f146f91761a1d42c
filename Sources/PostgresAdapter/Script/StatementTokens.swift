// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// The tokens of one statement, to be looked at one after the other.
struct StatementTokens {
    struct Token {
        let kind: SQLToken.Kind
        /// The token as it is written.
        let text: String
        let offset: Int

        /// A word in lower case, as PostgreSQL compares keywords; `nil` for other tokens.
        var keyword: String? { kind == .word ? text.lowercased() : nil }

        /// The name that an identifier stands for: folded to lower case unless quoted.
        var identifier: String? {
            switch kind {
            case .word: text.lowercased()
            case .quotedIdentifier where text.hasPrefix("\""):
                text.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
                    .joined(separator: "\"")
            default: nil
            }
        }
    }

    let all: [Token]
    private(set) var index = 0

    init(_ statement: [UInt8]) {
        var tokenizer = SQLTokenizer()
        var tokens: [Token] = []
        while let token = tokenizer.next(in: statement.span) {
            let text = String(decoding: statement[token.offset..<token.offset + token.length], as: UTF8.self)
            tokens.append(Token(kind: token.kind, text: text, offset: token.offset))
        }
        all = tokens
    }

    var next: Token? { index < all.count ? all[index] : nil }

    /// Goes over the words if they come next, all of them.
    mutating func skip(_ words: String...) -> Bool {
        guard index + words.count <= all.count else { return false }
        for (offset, word) in words.enumerated() where all[index + offset].keyword != word { return false }
        index += words.count
        return true
    }

    /// Goes over a punctuation mark if it comes next.
    mutating func skip(mark: String) -> Bool {
        guard next?.text == mark else { return false }
        index += 1
        return true
    }

    /// Goes behind the next appearance of a word.
    mutating func seek(_ word: String) -> Bool {
        guard let place = all[index...].firstIndex(where: { $0.keyword == word }) else { return false }
        index = place + 1
        return true
    }

    mutating func take() -> Token? {
        guard let token = next else { return nil }
        index += 1
        return token
    }

    /// Takes a name such as `a`, `"A"` or `schema.name`, as its parts.
    mutating func takeQualifiedName() -> QualifiedName? {
        var parts: [String] = []
        while let part = next?.identifier {
            parts.append(part)
            index += 1
            guard skip(mark: ".") else { break }
        }
        return parts.isEmpty ? nil : QualifiedName(parts: parts)
    }
}

/// A name with the schema before it, if one was given.
struct QualifiedName: Hashable {
    let parts: [String]

    var last: String { parts[parts.count - 1] }

    /// The name in SQL, every part quoted.
    var sql: String { parts.map(SQLLiteral.identifier).joined(separator: ".") }
}
