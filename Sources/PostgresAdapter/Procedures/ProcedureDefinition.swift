// SPDX-License-Identifier: Apache-2.0

/// A procedure as `CREATE PROCEDURE` makes it.
struct ProcedureDefinition: Hashable {
    let name: QualifiedName
    /// How many arguments it has, those of mode `OUT` included.
    let arguments: Int
    /// Whether it takes the place of another one (`OR REPLACE`).
    let replaces: Bool
    let body: RoutineBody

    /// - Parameter statement: The tokens of any statement; `nil` if it is not a `CREATE PROCEDURE`.
    init?(_ statement: StatementTokens) {
        var tokens = statement
        guard tokens.skip("create") else { return nil }
        replaces = tokens.skip("or", "replace")
        guard tokens.skip("procedure"), let name = tokens.takeQualifiedName(), tokens.skip(mark: "(") else {
            return nil
        }
        self.name = name
        arguments = Self.takeArguments(&tokens)
        let rest = tokens.all[tokens.index...]
        // Without a language it is a body of SQL.
        let language = rest.firstIndex { $0.keyword == "language" }.flatMap {
            rest[$0...].dropFirst().first?.languageName
        }
        let text = rest.firstIndex { $0.keyword == "as" }.flatMap { rest[$0...].dropFirst().first?.content }
        body = RoutineBody(text ?? "", language: language ?? "sql")
    }

    /// Counts arguments, up to the parenthesis that closes their list.
    private static func takeArguments(_ tokens: inout StatementTokens) -> Int {
        guard !tokens.skip(mark: ")") else { return 0 }
        var count = 1
        var depth = 1
        while depth > 0, let token = tokens.take() {
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "," where depth == 1: count += 1
            default: break
            }
        }
        return count
    }
}

extension StatementTokens.Token {
    /// The language that is named behind `LANGUAGE`: a word or a string.
    var languageName: String? { identifier ?? content?.lowercased() }
}
