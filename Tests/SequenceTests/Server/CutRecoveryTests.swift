// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

/// What a run does that finds something half done, or that fails, can be broken off as well.
@Suite("A recovery whose connection is cut")
struct CutRecoveryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statement: String
        var setup = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)"
        /// What the server did of the statement before the run died in it; `nil`: the run did not die.
        var leftBy: String?
        /// What a person does between the cut run and the next one.
        var repair = "DELETE FROM t"
        let leftover: String
    }

    static let cases = [
        Case(
            testDescription: "an invalid index", statement: "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
            leftBy: "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", leftover: "invalid i"),
        Case(
            testDescription: "an invalid copy of an index", statement: "REINDEX INDEX CONCURRENTLY i",
            setup: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1); CREATE INDEX i ON t (a)",
            leftBy: "CREATE UNIQUE INDEX CONCURRENTLY i_ccnew ON t (a)", leftover: "invalid i_ccnew"),
        Case(
            testDescription: "a partition half detached", statement: "ALTER TABLE p DETACH PARTITION t CONCURRENTLY",
            setup: "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p FOR VALUES IN (1)",
            leftBy: "ALTER TABLE p DETACH PARTITION t CONCURRENTLY", leftover: "pending t"),
        Case(
            testDescription: "a failure of its own", statement: "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
            leftover: "invalid i"),
    ]

    private func prepare(_ testCase: Case, _ source: ScriptSource, in database: TestDatabase) async throws {
        try await database.query(testCase.setup)
        guard let leftBy = testCase.leftBy else { return }
        try await DeadRun(source: source, statement: 1).leave(in: database) { connection in
            try await database.withConnection { reader in
                // A detachment waits for those who read, and is half done then.
                try await reader.query(
                    "BEGIN; SELECT FROM pg_class\(testCase.leftover.hasPrefix("pending") ? ", p" : "")")
                _ = try? await connection.query("SET lock_timeout = '50ms'")
                _ = try? await connection.query(leftBy)
            }
        }
        try #require(try await DatabaseState.leftovers(in: database) == [testCase.leftover])
        // Otherwise the recovery would end as the run did.
        try await database.query(testCase.repair)
    }

    @Test("Wherever it is cut, the next run needs no help", arguments: cases)
    func everywhere(testCase: Case) async throws {
        let source = ScriptSource(["\(testCase.statement);"])
        let fails = testCase.leftBy == nil
        try await TestDatabase.with(among: .lasting) { database in
            try await prepare(testCase, source, in: database)
            let undisturbed = try await database.migrate(source, cut: nil, mayFail: fails)
            #expect((undisturbed.error != nil) == fails)
            if fails {
                try await database.query(testCase.repair)
                try await database.migrate(source)
            }
            let expected = try await DatabaseState(of: database)
            let all = CutPoint.all(messages: undisturbed.messages.count)
            let chosen = stride(from: 0, to: all.count, by: CutConnectionTests.stride).map { all[$0] }
            var atOnce = 0
            for cut in chosen where try await endAfter(cut, testCase, source, in: database, expected: expected) {
                atOnce += 1
            }
            print(
                """
                cut points of a recovery from \(testCase.testDescription): \(chosen.count) of \(all.count); \
                at once: \(atOnce), next run: \(chosen.count - atOnce)
                """)
        }
    }

    /// - Returns: Whether nothing was left for the next run.
    private func endAfter(
        _ cut: CutPoint, _ testCase: Case, _ source: ScriptSource, in database: TestDatabase, expected: DatabaseState
    ) async throws -> Bool {
        let fails = testCase.leftBy == nil
        try await database.query(MixedScript.removal)
        try await prepare(testCase, source, in: database)
        let error = try await database.migrate(source, cut: cut, mayFail: fails).error
        if fails { try await database.query(testCase.repair) }
        let applied = try await database.migrate(source)
        #expect(error != nil || applied.isEmpty)
        let state = try await DatabaseState(of: database)
        #expect(state.schema == expected.schema, "\(cut)")
        #expect(state.rows == expected.rows, "\(cut)")
        #expect(state.leftovers == [], "\(cut)")
        return applied.isEmpty
    }
}
