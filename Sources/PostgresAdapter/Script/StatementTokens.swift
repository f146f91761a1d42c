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
        var keyword: String? { kind == .word ? text.lowercasedASCII : nil }

        /// The name that an identifier stands for: folded to lower case unless quoted, and cut to 63 bytes.
        ///
        /// `nil` for other tokens, for `U&"…"`, and for what is not UTF-8.
        var identifier: String? {
            let name: String
            switch kind {
            case .word: name = text.lowercasedASCII
            case .quotedIdentifier where text.utf8.first == UInt8(ascii: "\""):
                let inside = String(decoding: text.utf8.dropFirst().dropLast(), as: UTF8.self)
                name = inside.replacingBytes(of: "\"\"", with: "\"")
            default: return nil
            }
            return name.unicodeScalars.contains("\u{FFFD}") ? nil : name.truncatedAsName
        }
    }

    let all: [Token]
    private(set) var index = 0

    /// - Parameters:
    ///   - statement: The bytes of the statement.
    ///   - limit: How many tokens are wanted: a file can have very long statements.
    init(_ statement: ArraySlice<UInt8>, limit: Int = .max) {
        let bytes = statement.span
        var tokenizer = SQLTokenizer()
        var tokens: [Token] = []
        while tokens.count < limit, let token = tokenizer.next(in: bytes) {
            let start = statement.startIndex + token.offset
            let text = String(decoding: statement[start..<start + token.length], as: UTF8.self)
            tokens.append(Token(kind: token.kind, text: text, offset: token.offset))
        }
        all = tokens
    }

    init(_ statement: [UInt8]) {
        self.init(statement[...])
    }

    /// The first word of a statement in lower case; `nil` if it begins with something else.
    static func firstWord(of statement: ArraySlice<UInt8>) -> String? {
        StatementTokens(statement, limit: 1).next?.keyword
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

extension String {
    /// Only the letters of ASCII are folded: so does PostgreSQL, in UTF-8, with keywords and with names.
    fileprivate var lowercasedASCII: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// PostgreSQL cuts names to 63 bytes, between characters (documentation, "Identifiers and Key Words").
    fileprivate var truncatedAsName: String {
        guard utf8.count > 63 else { return self }
        var name = self
        while name.utf8.count > 63 { name.unicodeScalars.removeLast() }
        return name
    }
}
