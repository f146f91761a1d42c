// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Many runs at once")
struct ConcurrentRunsTests {
    /// Five migrations, each of which counts its executions; the third takes its time.
    private static let source = ScriptSource(
        ["CREATE TABLE executed (step int); INSERT INTO executed VALUES (1)"]
            + (2...5).map { "INSERT INTO executed VALUES (\($0)); SELECT pg_sleep(\($0 == 3 ? 0.3 : 0))" })

    @Test("Each migration is executed once, and none of the runs fails", arguments: [false, true])
    func eight(together: Bool) async throws {
        try await TestDatabase.with { database in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await database.migrate(Self.source, options: RunOptions(singleTransaction: together))
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == (1...5).map(ScriptSource.path))
            #expect(try await database.query("SELECT step FROM executed ORDER BY step") == ["1", "2", "3", "4", "5"])
            #expect(try await database.history() == (1...5).map { "core:\($0)" })
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test("When the one that is first fails, the others fail for the same reason, and nothing is applied")
    func failing() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["CREATE TABLE a (); SELECT nope"])
            let codes = await withTaskGroup(of: MigrationError.Code?.self) { group in
                for _ in 0..<8 { group.addTask { await database.failure(source)?.code } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: .failed, count: 8))
            let history = try await database.history()
            #expect(history == [])
        }
    }

    @Test("Runs with different histories in one database do not wait for each other")
    func differentTables() async throws {
        try await TestDatabase.with { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...4 {
                    group.addTask {
                        let store = PostgresVersionStore.Options(historyTable: HistoryTable(name: "history_\(number)"))
                        try await database.migrate(ScriptSource(["CREATE TABLE t\(number) ()"]), store: store)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.tables().filter { $0.hasPrefix("t") } == ["t1", "t2", "t3", "t4"])
        }
    }
}
