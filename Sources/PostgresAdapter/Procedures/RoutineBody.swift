// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What the body of a procedure or of a `DO` block does to transactions, as far as its words tell.
struct RoutineBody: Hashable {
    /// Whether it has a `COMMIT` or `ROLLBACK`.
    let endsTransactions: Bool
    /// The procedures that it calls, which may have one.
    let calls: [QualifiedName]

    /// - Parameters:
    ///   - text: The body, without the quotes around it.
    ///   - language: The language's name, as the catalog has it.
    init(_ text: String, language: String) {
        let tokens = StatementTokens(Array(text.utf8)).all
        guard language == "plpgsql" else {
            // A function of the language does it: spi_commit() in PL/Perl, plpy.commit() in PL/Python, commit in PL/Tcl. In SQL
            // it is not possible.
            let words: Set = ["commit", "rollback", "spi_commit", "spi_rollback"]
            endsTransactions = language != "sql" && tokens.contains { words.contains($0.keyword ?? "") }
            calls = []
            return
        }
        let starts = tokens.indices.dropFirst().filter { Self.beginsStatement(behind: tokens[$0 - 1]) }
        endsTransactions = starts.contains { index in
            guard ["commit", "rollback"].contains(tokens[index].keyword), index + 1 < tokens.count else { return false }
            // A variable can have the name, too.
            return tokens[index + 1].text == ";" || tokens[index + 1].keyword == "and"
        }
        calls = starts.compactMap { index in
            tokens[index].keyword == "call" ? Self.calledName(tokens[(index + 1)...]) : nil
        }
    }

    /// Whether a statement of PL/pgSQL can begin behind a token.
    private static func beginsStatement(behind token: StatementTokens.Token) -> Bool {
        [";", ">", ">>"].contains(token.text) || ["begin", "then", "else", "loop"].contains(token.keyword)
    }

    /// The name of a procedure, if one comes next, with its arguments behind it.
    private static func calledName(_ tokens: ArraySlice<StatementTokens.Token>) -> QualifiedName? {
        var rest = tokens
        var parts: [String] = []
        while let part = rest.popFirst()?.identifier {
            parts.append(part)
            switch rest.popFirst()?.text {
            case ".": continue
            case "(": return QualifiedName(parts: parts)
            default: return nil
            }
        }
        return nil
    }
}

extension StatementTokens.Token {
    /// The text that a string stands for: between dollar quotes, or between single ones.
    var content: String? {
        switch kind {
        case .dollarString:
            let bytes = text.utf8
            guard let end = bytes.dropFirst().firstIndex(of: UInt8(ascii: "$")) else { return nil }
            let length = bytes[...end].count
            return String(decoding: bytes.dropFirst(length).dropLast(length), as: UTF8.self)
        case .string:
            guard let start = text.utf8.firstIndex(of: UInt8(ascii: "'")) else { return nil }
            let inside = String(decoding: text.utf8[start...].dropFirst().dropLast(), as: UTF8.self)
            return inside.replacingBytes(of: "''", with: "'")
        default: return nil
        }
    }
}
