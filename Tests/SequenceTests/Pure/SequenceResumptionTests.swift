// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("SequenceResumption")
struct SequenceResumptionTests {
    static let before = "SELECT 1; SELECT 2; CREATE INDEX CONCURRENTLY i ON t (a); SELECT 4; SELECT 5"

    /// `1-2 skip`, `3 run` and so on, or the problem.
    private func decisions(_ now: String, done: Int, last: JournalTable.State = .done) throws -> [String] {
        let entries = try Reading(Self.before).entries(through: done, last: last)
        let resumption = SequenceResumption(script: try Reading(now).script, entries: entries)
        do throws(SequenceResumption.Problem) {
            return try resumption.steps().map { step in
                let numbers = Set([step.unit.firstNumber, step.unit.statements.upperBound]).sorted()
                return numbers.map(String.init).joined(separator: "-") + " " + Self.word(step.decision)
            }
        } catch {
            return ["\(error)"]
        }
    }

    private static func word(_ decision: SequenceResumption.Decision) -> String {
        switch decision {
        case .skip: "skip"
        case .run: "run"
        case .find: "find"
        }
    }

    @Test(
        "The journal tells where to go on",
        arguments: [
            (0, JournalTable.State.done, ["1-2 run", "3 run", "4-5 run"]),
            (2, .done, ["1-2 skip", "3 run", "4-5 run"]),
            (3, .started, ["1-2 skip", "3 find", "4-5 run"]), (3, .redo, ["1-2 skip", "3 run", "4-5 run"]),
            (3, .done, ["1-2 skip", "3 skip", "4-5 run"]), (5, .done, ["1-2 skip", "3 skip", "4-5 skip"]),
        ])
    func goesOn(done: Int, last: JournalTable.State, expected: [String]) throws {
        #expect(try decisions(Self.before, done: done, last: last) == expected)
    }

    @Test(
        "A file may change behind what is done, and nowhere else",
        arguments: [
            // A statement more before the one that failed: the done ones stay a unit of their own.
            (
                "SELECT 1; SELECT 2; DELETE FROM t; CREATE INDEX CONCURRENTLY i ON t (a)", 3, .redo,
                ["1-2 skip", "3 run", "4 run"]
            ),
            ("SELECT 1; SELECT 2; SELECT 9", 3, .redo, ["1-2 skip", "3 run"]),
            ("SELECT 1; SELECT 2", 3, .redo, ["1-2 skip"]),
            ("SELECT 1; SELECT 2; SELECT 3", 2, .done, ["1-2 skip", "3 run"]),
            ("BEGIN; SELECT 1; SELECT 2; SELECT 3; COMMIT; VACUUM", 2, .done, ["1-2 skip", "3 run", "4 run"]),
            ("SELECT 1; -- new\nSELECT 2; VACUUM", 2, .done, ["1-2 skip", "3 run"]),
            ("SELECT 1; SELECT 9; VACUUM", 2, .done, ["finishedPartChanged(statement: 2)"]),
            ("SELECT 9; SELECT 2; VACUUM", 2, .done, ["finishedPartChanged(statement: 1)"]),
            ("SELECT 1; VACUUM; SELECT 2", 2, .done, ["finishedPartChanged(statement: 2)"]),
            ("SELECT 1", 2, .done, ["finishedPartChanged(statement: 2)"]),
            ("", 2, .done, ["finishedPartChanged(statement: 1)"]),
            ("SELECT 1; SELECT 2; VACUUM", 3, .done, ["finishedPartChanged(statement: 3)"]),
            ("SELECT 1; SELECT 2; VACUUM", 3, .started, [#"startedPartChanged(statement: 3, startedAt: "noon")"#]),
            ("SELECT 1; SELECT 2", 3, .started, [#"startedPartChanged(statement: 3, startedAt: "noon")"#]),
        ] as [(String, Int, JournalTable.State, [String])])
    func edited(now: String, done: Int, last: JournalTable.State, expected: [String]) throws {
        #expect(try decisions(now, done: done, last: last) == expected)
    }
}
