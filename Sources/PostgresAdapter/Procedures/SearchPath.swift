// SPDX-License-Identifier: Apache-2.0

/// Where a name without a schema is looked up at some place of a script.
enum SearchPath: Hashable {
    /// As the session has it from its beginning.
    case session
    /// As the script says it.
    case schemas([String])
    /// The script changes it in a way that its words do not tell.
    case unknown

    /// What the path is behind a statement: `SET search_path`, `SET SCHEMA`, `RESET`, a call of `set_config`.
    mutating func take(_ statement: StatementTokens) {
        var tokens = statement
        if tokens.skip("reset") {
            if tokens.skip("search_path") || tokens.skip("all") { self = .session }
        } else if tokens.skip("set") {
            if !tokens.skip("local") { _ = tokens.skip("session") }
            if tokens.skip("search_path") {
                if !tokens.skip("to") { _ = tokens.skip(mark: "=") }
                self = tokens.skip("default") ? .session : .schemas(Self.values(tokens))
            } else if tokens.skip("schema") {
                self = .schemas(Self.values(tokens))
            }
        } else if tokens.all.contains(where: { $0.keyword == "set_config" }) {
            self = .unknown
        }
    }

    private static func values(_ tokens: StatementTokens) -> [String] {
        tokens.all[tokens.index...].compactMap { $0.identifier ?? $0.content }
    }
}
