// SPDX-License-Identifier: Apache-2.0

/// The questions of a search to the catalog.
extension CallSearch {
    /// One query for all questions: the number of the question, schema, name, number of arguments, language, body.
    static func query(_ questions: [Question]) -> String {
        let names = Set(questions.map(\.name.last)).sorted().map(SQLLiteral.string).joined(separator: ", ")
        let selects = questions.enumerated().map { number, question in
            """
            SELECT '\(number)', nspname, proname, arguments::text, lanname, prosrc FROM procedures \
            WHERE proname = \(SQLLiteral.string(question.name.last)) AND \(condition(question))
            """
        }
        return """
            WITH procedures AS (
                SELECT p.oid, nspname, proname, cardinality(coalesce(proallargtypes, proargtypes::oid[])) AS arguments,
                    lanname, prosrc
                FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
                WHERE prokind = 'p' AND proname IN (\(names)))
            \(selects.joined(separator: "\nUNION ALL "))
            """
    }

    /// Which schemas a name stands for.
    private static func condition(_ question: Question) -> String {
        let parts = question.name.parts
        guard parts.count == 1 else { return "nspname = \(SQLLiteral.string(parts[parts.count - 2]))" }
        switch question.path {
        case .session: return "pg_function_is_visible(oid)"
        case .unknown: return "true"
        case .schemas(let schemas):
            let values = schemas.map { $0 == "$user" ? "current_user" : SQLLiteral.string($0) }
            return "nspname IN (\((["'pg_catalog'"] + values).joined(separator: ", ")))"
        }
    }

    /// The answers, from the rows of ``query(_:)``.
    static func answers(_ rows: [[String?]], to questions: [Question]) -> [Question: [Entry]] {
        var answers: [Question: [Entry]] = [:]
        for row in rows.map({ $0.map { $0 ?? "" } }) where row.count == 6 {
            guard let number = Int(row[0]), questions.indices.contains(number) else { continue }
            let entry = Entry(
                name: QualifiedName(parts: [row[1], row[2]]), arguments: Int(row[3]) ?? 0,
                body: RoutineBody(row[5], language: row[4]))
            answers[questions[number], default: []].append(entry)
        }
        return answers
    }
}
