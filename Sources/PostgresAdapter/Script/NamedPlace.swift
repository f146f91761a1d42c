// SPDX-License-Identifier: Apache-2.0

/// Finds the object that an error message names in the statement that failed.
enum NamedPlace {
    /// The byte offset of the first name of the statement that the message has in quotes.
    static func find(quotedIn message: String, statement: ArraySlice<UInt8>) -> Int? {
        // PostgreSQL quotes what it names: relation "app.users" does not exist.
        let quoted = message.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset % 2 == 1 ? $0.element : nil }
        guard !quoted.isEmpty else { return nil }
        let tokens = StatementTokens(statement).all
        for name in quoted {
            let last = name.split(separator: ".").last ?? name
            if let match = tokens.first(where: { $0.identifier == String(last) || $0.identifier == String(name) }) {
                return match.offset
            }
        }
        return nil
    }
}
