// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A sequence whose connection is cut")
struct CutConnectionTests {
    /// Every so many cut points are tried; `STRATA_CUT_STRIDE=1` tries all of them.
    static let stride = ProcessInfo.processInfo.environment["STRATA_CUT_STRIDE"].flatMap { Int($0) } ?? 7

    /// How many cuts are tried at the same time.
    private static let lanes = 4

    /// How a run after a cut came to its end.
    enum Ending: Hashable { case atOnce, nextRun, account(statement: Int) }

    private let source = ScriptSource([MixedScript.text])

    @Test("Wherever it is cut, the next run comes to the same end, or stops with an account of what cannot be known")
    func everywhere() async throws {
        let messages = try await TestDatabase.with(among: .lasting) { try await $0.migrate(source, cut: nil).messages }
        let expected = try await TestDatabase.with(among: .lasting) { database in
            // As all others begin.
            try await database.query(MixedScript.removal)
            try await database.migrate(source)
            return try await DatabaseState(of: database)
        }
        #expect(expected.leftovers == [])
        #expect(expected.rows.filter { $0.hasPrefix("public.schema_versions_journal") } == [])
        let all = CutPoint.all(messages: messages.count)
        let chosen = Swift.stride(from: 0, to: all.count, by: Self.stride).map { all[$0] }
        let endings = try await withThrowingTaskGroup(of: [Ending: Int].self) { group in
            for lane in 0..<Self.lanes {
                let own = Swift.stride(from: lane, to: chosen.count, by: Self.lanes).map { chosen[$0] }
                group.addTask { try await self.endings(own, expected: expected, messages: messages) }
            }
            return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }
        let summary = endings.map { "\($0.key): \($0.value)" }.sorted().joined(separator: ", ")
        print("cut points: \(chosen.count) of \(all.count) (\(messages.count) messages); \(summary)")
        #expect(endings.values.reduce(0, +) == chosen.count)
    }

    /// One cut after the other, in one database: emptying it is cheaper than another copy of the template.
    private func endings(
        _ cuts: [CutPoint], expected: DatabaseState, messages: [String]
    ) async throws -> [Ending: Int] {
        try await TestDatabase.with(among: .lasting) { database in
            var endings: [Ending: Int] = [:]
            for cut in cuts {
                let ending = try await endAfter(cut, in: database, expected: expected, message: messages[cut.message])
                endings[ending, default: 0] += 1
                try await database.query(MixedScript.removal)
            }
            return endings
        }
    }

    private func endAfter(
        _ cut: CutPoint, in database: TestDatabase, expected: DatabaseState, message: String
    ) async throws -> Ending {
        let isApplied = try await database.migrate(source, cut: cut).error == nil
        var ending = isApplied ? Ending.atOnce : .nextRun
        while let error = await database.failure(source) {
            let statement = try #require(Self.accountedStatement(error), "\(cut) (\(message)): \(error)")
            guard case .nextRun = ending else {
                Issue.record("\(cut): a second account: \(error)")
                return ending
            }
            try await resolve(statement, in: database)
            ending = .account(statement: statement)
        }
        let state = try await DatabaseState(of: database)
        #expect(state.schema == expected.schema, "\(cut) (\(message))")
        #expect(state.rows == expected.rows, "\(cut) (\(message))")
        #expect(state.leftovers == [], "\(cut) (\(message))")
        return ending
    }

    /// The number of the statement that the error asks about; `nil` for any other error.
    private static func accountedStatement(_ error: MigrationError) -> Int? {
        let text = error.description
        guard text.contains("is not known: it was started at"),
            let answer = text.firstRange(of: "strata resolve core:1 --statement ")
        else { return nil }
        return Int(text[answer.upperBound...].prefix { $0.isNumber })
    }

    /// Does what the account asks for: looks, and says what is there.
    private func resolve(_ statement: Int, in database: TestDatabase) async throws {
        let proof = try #require(MixedScript.proofs[statement])
        let isDone = try await database.query(proof) == ["t"]
        try await database.resolve(statement: statement, isDone: isDone)
    }
}
