// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Poolers", .timeLimit(.minutes(15)))
struct PoolerTests {
    private let source = ScriptSource([
        "CREATE TABLE a (id int)", "CREATE INDEX CONCURRENTLY a_id ON a (id);\nINSERT INTO a VALUES (1)",
    ])

    private func run(
        _ pooler: TestPooler, _ source: ScriptSource, options: RunOptions = RunOptions(), events: EventLog? = nil
    ) async throws -> [String] {
        let store = PostgresVersionStore(pooler.configuration())
        let runner = MigrationRunner(source: source, store: store, options: options) { events?.add($0) }
        return try await runner.applyPending().applied.map(\.migration.path)
    }

    @Test("In session mode everything works as without one, and nothing is left behind")
    func sessionMode() async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(.session, before: database) { (pooler) async throws -> Void in
                #expect(try await run(pooler, source) == ["0001_step.sql", "0002_step.sql"])
                #expect(try await run(pooler, source) == [])
            }
            #expect(try await database.history() == ["core:1", "core:2"])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test("In session mode two runs at once wait for each other, and each migration runs once")
    func twoRuns() async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(.session, before: database) { (pooler) async throws -> Void in
                async let first = run(pooler, source)
                async let second = run(pooler, source)
                let applied = try await [first, second].flatMap(\.self)
                #expect(applied.sorted() == ["0001_step.sql", "0002_step.sql"])
            }
            #expect(try await database.query("SELECT count(*) FROM a") == ["1"])
        }
    }

    @Test(
        "In transaction mode a run that has something to do is refused before it takes a lock, with the way out",
        arguments: [1, 2, 20])
    func transactionMode(poolSize: Int) async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(.transaction, before: database, poolSize: poolSize) {
                (pooler) async throws -> Void in
                let error = await #expect(throws: MigrationError.self) { try await run(pooler, source) }
                #expect(error?.code == .storeUnavailable)
                #expect((error?.underlying as? PostgresError)?.code == .pooler)
                #expect(error?.description.contains("is a pooler that is not in session mode") == true)
                #expect(error?.description.contains("MIGRATION_DATABASE_URL") == true)
                #expect(try await database.advisoryLockCount() == 0)
            }
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
        }
    }

    @Test("In transaction mode it is found out whatever other clients do meanwhile")
    func transactionModeBesideOthers() async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(.transaction, before: database, poolSize: 5) { (pooler) async throws -> Void in
                let others = (0..<4).map { _ in
                    Task {
                        let other = try await PostgresConnection.open(pooler.configuration())
                        while !Task.isCancelled { _ = try? await other.query("SELECT 1") }
                        await other.close()
                    }
                }
                for _ in 0..<20 {
                    let error = await #expect(throws: MigrationError.self) { try await run(pooler, source) }
                    #expect((error?.underlying as? PostgresError)?.code == .pooler)
                }
                others.forEach { $0.cancel() }
                for other in others { try await other.value }
                #expect(try await database.advisoryLockCount() == 0)
            }
        }
    }

    @Test(
        "Where nothing is pending no mode matters, and looking is possible in each", arguments: TestPooler.Mode.allCases
    )
    func nothingPending(mode: TestPooler.Mode) async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(mode, before: database) { (pooler) async throws -> Void in
                let runner = MigrationRunner(source: source, store: PostgresVersionStore(pooler.configuration()))
                #expect(try await runner.status().map(\.state) == [.pending, .pending])
                try await database.migrate(source)
                #expect(try await run(pooler, source) == [])
            }
        }
    }

    @Test("A session-mode pooler without a process to spare: said, and nothing is executed")
    func poolIsFull() async throws {
        try await TestDatabase.with { database in
            try await TestPooler.with(.session, before: database, poolSize: 1) { (pooler) async throws -> Void in
                let error = await #expect(throws: MigrationError.self) { try await run(pooler, source) }
                #expect((error?.underlying as? PostgresError)?.code == .pooler)
                #expect(error?.description.contains("a second connection got no answer") == true)
            }
            #expect(try await database.tables() == [])
        }
    }
}
