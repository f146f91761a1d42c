// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What a `DO` block does to transactions, as far as the words of its body tell.
struct DoBlock {
    /// Whether it has a `COMMIT` or `ROLLBACK`.
    let endsTransactions: Bool
    /// Whether it has a `CALL`, of a procedure that may have one.
    let calls: Bool

    /// - Parameter statement: The tokens of the whole statement.
    init(_ statement: StatementTokens) {
        let language = statement.all.lastIndex { $0.keyword == "language" }
            .flatMap { $0 + 1 < statement.all.count ? statement.all[$0 + 1].identifier : nil }
        let bodies = statement.all.compactMap(\.content).map { StatementTokens(Array($0.utf8)).all }
        if let language, language != "plpgsql" {
            let words: Set = ["commit", "rollback", "spi_commit", "spi_rollback"]
            endsTransactions = bodies.joined().contains { words.contains($0.keyword ?? "") }
            calls = false
        } else {
            endsTransactions = bodies.contains { body in
                Self.has(["commit", "rollback"], in: body) { $0.first?.text == ";" || $0.first?.keyword == "and" }
            }
            calls = bodies.contains { body in
                Self.has(["call"], in: body) {
                    $0.first?.identifier != nil && ["(", "."].contains($0.dropFirst().first?.text)
                }
            }
        }
    }

    /// Whether one of the words begins a statement of PL/pgSQL that goes on as it should: a variable can have the name, too.
    private static func has(
        _ words: Set<String>, in tokens: [StatementTokens.Token], goesOn: (ArraySlice<StatementTokens.Token>) -> Bool
    ) -> Bool {
        let openers: Set = ["begin", "then", "else", "loop"]
        return tokens.indices.contains { index in
            guard words.contains(tokens[index].keyword ?? ""), index > 0 else { return false }
            let before = tokens[index - 1]
            let isFirst = [";", ">", ">>"].contains(before.text) || openers.contains(before.keyword ?? "")
            return isFirst && goesOn(tokens[(index + 1)...])
        }
    }
}

extension StatementTokens.Token {
    /// The text that a string stands for: between dollar quotes, or between single ones.
    fileprivate var content: String? {
        switch kind {
        case .dollarString:
            guard let end = text.dropFirst().firstIndex(of: "$") else { return nil }
            let tag = text[...end]
            return String(text.dropFirst(tag.count).dropLast(tag.count))
        case .string:
            guard let start = text.firstIndex(of: "'") else { return nil }
            return text[start...].dropFirst().dropLast().split(separator: "''", omittingEmptySubsequences: false)
                .joined(separator: "'")
        default: return nil
        }
    }
}
