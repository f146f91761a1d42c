// SPDX-License-Identifier: Apache-2.0

import MigrationFiles
import Testing

@Suite struct MigrationFilesErrorTests {
    @Test func `A problem is shown as compilers show it`() {
        let problem = MigrationFileProblem(
            code: .unknownDirective, path: "billing/0002_x.sql", line: 3, column: 12, message: "unknown directive")
        #expect(problem.description == "billing/0002_x.sql:3:12: error: unknown directive")
        let withoutColumn = MigrationFileProblem(code: .invalidText, path: "0001_x.sql", line: 3, message: "not UTF-8")
        #expect(withoutColumn.description == "0001_x.sql:3: error: not UTF-8")
        let withoutPlace = MigrationFileProblem(code: .invalidName, path: "x.sql", message: "no version")
        #expect(withoutPlace.description == "x.sql: error: no version")
    }

    @Test func `Problems are sorted by file, line and column`() {
        let places: [(String, Int?, Int?)] = [
            ("b", nil, nil), ("a", 10, 1), ("a", 2, 10), ("a", 2, 9), ("a", nil, nil),
        ]
        let problems = places.map {
            MigrationFileProblem(code: .invalidName, path: $0.0, line: $0.1, column: $0.2, message: "m")
        }
        let error = MigrationFilesError(folder: "migrations", problems: problems)
        #expect(error.problems == Array(problems.reversed()))
    }

    @Test func `Several problems end with their number`() {
        let problem = MigrationFileProblem(code: .invalidName, path: "x.sql", message: "no version")
        #expect(MigrationFilesError(folder: "db", problems: [problem]).description == "x.sql: error: no version")
        #expect(
            MigrationFilesError(folder: "db", problems: [problem, problem]).description == """
                x.sql: error: no version
                x.sql: error: no version
                2 problems in the migration files of db
                """)
    }
}
