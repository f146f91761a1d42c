// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// Finds the object that an error message names in the statement that failed.
enum NamedPlace {
    /// The byte offset of the first name of the statement that the message has in quotes.
    static func find(quotedIn message: String, statement: ArraySlice<UInt8>) -> Int? {
        // PostgreSQL quotes what it names: relation "app.users" does not exist.
        let quoted = message.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset % 2 == 1 ? $0.element : nil }
        guard !quoted.isEmpty else { return nil }
        let names = tokens(of: Array(statement))
        for name in quoted {
            let last = name.split(separator: ".").last.map(String.init) ?? String(name)
            if let match = names.first(where: { $0.name == last || $0.name == name }) { return match.offset }
        }
        return nil
    }

    private static func tokens(of statement: [UInt8]) -> [(name: String, offset: Int)] {
        var tokenizer = SQLTokenizer()
        var result: [(String, Int)] = []
        while let token = tokenizer.next(in: statement.span) {
            let text = String(decoding: statement[token.offset..<token.offset + token.length], as: UTF8.self)
            switch token.kind {
            case .word: result.append((text.lowercased(), token.offset))
            case .quotedIdentifier: result.append((String(text.dropFirst().dropLast()), token.offset))
            default: break
            }
        }
        return result
    }
}
