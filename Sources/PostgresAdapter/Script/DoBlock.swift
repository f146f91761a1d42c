// SPDX-License-Identifier: Apache-2.0

/// What a `DO` block does to transactions, as far as the words of its body tell.
struct DoBlock {
    let body: RoutineBody

    /// Whether it has a `COMMIT` or `ROLLBACK`.
    var endsTransactions: Bool { body.endsTransactions }
    /// Whether it has a `CALL`, of a procedure that may have one.
    var calls: Bool { !body.calls.isEmpty }

    /// - Parameter statement: The tokens of the whole statement.
    init(_ statement: StatementTokens) {
        // Either may come first: DO LANGUAGE plpgsql '…', DO '…' LANGUAGE plpgsql.
        let word = statement.all.firstIndex { $0.keyword == "language" } ?? statement.all.endIndex
        let name = statement.all[word...].dropFirst().first
        let text = statement.all.enumerated().first { $0.offset != word + 1 && $0.element.content != nil }
        body = RoutineBody(text?.element.content ?? "", language: name?.languageName ?? "plpgsql")
    }
}
