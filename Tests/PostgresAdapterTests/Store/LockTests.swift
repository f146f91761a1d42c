// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("The lock of a run", .timeLimit(.minutes(15)))
struct LockTests {
    private let source = ScriptSource(["CREATE TABLE a ()"])

    /// A session that holds the lock while the body runs.
    private func whileHeld(
        in database: TestDatabase, table: HistoryTable = .standard, _ body: (PostgresSession) async throws -> Void
    ) async throws {
        var configuration = database.configuration()
        configuration.applicationName = "the other run"
        let store = PostgresVersionStore(configuration, options: PostgresVersionStore.Options(historyTable: table))
        let session = try await store.openSession()
        try await session.lock(LockRequest()) { _ in }
        do {
            try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    @Test("A second run waits, says who holds it, and goes on when it is free", .timeLimit(.minutes(15)))
    func waits() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let source = source
            try await whileHeld(in: database) { session in
                async let applied = database.migrate(source, events: events)
                await events.wait { if case .waitingForLock = $0 { true } else { false } }
                let process = try await database.query(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'the other run' AND datname = current_database()"
                )
                let holder = try #require(events.holders.first)
                #expect(
                    holder.description.hasPrefix(
                        "the other run, process \(process[0]) of user postgres from the server's own machine, connected for "
                    ))
                #expect(try await database.history() == [])
                await session.close()
                #expect(try await applied == ["0001_step.sql"])
            }
            #expect(events.holders.count == 1)
        }
    }

    @Test(
        "It waits without holding anything up: no session is blocked in the server, and an index is built concurrently")
    func waitsQuietly() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a int)")
            let events = EventLog()
            let source = source
            try await whileHeld(in: database) { session in
                async let applied = database.migrate(source, events: events)
                await events.wait { if case .waitingForLock = $0 { true } else { false } }
                try await database.query("CREATE INDEX CONCURRENTLY ON t (a)")
                #expect(
                    try await database.query(
                        """
                        SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """) == ["0"])
                await session.close()
                #expect(try await applied == ["0001_step.sql"])
            }
        }
    }

    @Test("After the time that it may wait a run gives up, says who holds the lock, and has executed nothing")
    func deadline() async throws {
        try await TestDatabase.with { database in
            let source = source
            try await whileHeld(in: database) { _ in
                let options = RunOptions(lockWait: .milliseconds(50))
                let error = try #require(await database.failure(source, options: options))
                #expect(error.code == .lockTimeout)
                let lines = error.description.split(separator: "\n")
                #expect(
                    lines.first?.hasPrefix(
                        "another run held the lock of public.schema_versions for longer than 0.05 seconds: the other run, process "
                    )
                        == true)
                let process = try await database.query(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'the other run' AND datname = current_database()"
                )
                #expect(
                    lines.dropFirst() == [
                        """
                        hint: wait until it is done and start again; its migrations are applied only once in any case. If it \
                        hangs, end it: SELECT pg_terminate_backend(\(process[0])).
                        """
                    ])
            }
            #expect(try await database.tables() == [])
        }
    }

    @Test("A run with nothing to do does not wait for it")
    func nothingToDo() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(source)
            let source = source
            try await whileHeld(in: database) { _ in
                let applied = try await database.migrate(source, options: RunOptions(lockWait: .zero))
                #expect(applied == [])
            }
        }
    }

    @Test("Another history table has another lock")
    func otherTable() async throws {
        try await TestDatabase.with { database in
            let source = source
            try await whileHeld(in: database, table: HistoryTable(name: "other")) { _ in
                let applied = try await database.migrate(source, options: RunOptions(lockWait: .zero))
                #expect(applied == ["0001_step.sql"])
            }
        }
    }

    @Test(
        "It is free after a run, whether that succeeded or failed",
        arguments: ["SELECT 1", "SELECT nope", "SELECT 'open"])
    func free(script: String) async throws {
        try await TestDatabase.with { database in
            _ = await database.failure(ScriptSource([script]))
            let isFree = try await eventually { try await database.advisoryLockCount() == 0 }
            #expect(isFree)
            #expect(try await eventually { try await database.sessionCount() == 0 })
        }
    }

    @Test("A holder whose connection is ended by the server gives it up", .timeLimit(.minutes(15)))
    func holderEnded() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let source = source
            try await whileHeld(in: database) { _ in
                async let applied = database.migrate(source, events: events)
                await events.wait { if case .waitingForLock = $0 { true } else { false } }
                try await database.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'the other run' AND datname = current_database()
                    """)
                #expect(try await applied == ["0001_step.sql"])
            }
        }
    }

    @Test("A session that lost it to another executes nothing more")
    func lost() async throws {
        try await TestDatabase.with { database in
            try await whileHeld(in: database) { session in
                // What a pooler does when it gives the server's session to somebody else.
                try await session.connection.query("SELECT pg_advisory_unlock_all()")
                try await self.whileHeld(in: database) { _ in
                    let second: ScriptSource = ["0002_b.sql": "CREATE TABLE b ()"]
                    let migration = try #require(second.migration("0002_b.sql"))
                    let error = await #expect(throws: PostgresError.self) {
                        try await session.apply(MigrationBatch([migration], from: second)) { _ in }
                    }
                    #expect(
                        error?.description == """
                            0002_b.sql: error: this run does not hold its lock any more, so nothing was executed
                            hint: start the run again. If it happens again, look for pg_advisory_unlock_all() or \
                            pg_advisory_unlock() in the scripts.
                            """)
                }
            }
            #expect(try await database.tables() == [])
        }
    }

    @Test("A session that lost it executes nothing more, also when nobody else has it")
    func gone() async throws {
        try await TestDatabase.with { database in
            let source = source
            try await whileHeld(in: database) { session in
                try await session.connection.query("SELECT pg_advisory_unlock_all()")
                let batch = MigrationBatch(try await source.migrations(), from: source)
                let error = await #expect(throws: PostgresError.self) { try await session.apply(batch) { _ in } }
                #expect(error?.description.contains("does not hold its lock any more") == true)
            }
            #expect(try await database.tables() == [])
        }
    }

    @Test("A script that releases every advisory lock does not release that of the run")
    func scriptReleases() async throws {
        try await TestDatabase.with { database in
            try await whileHeld(in: database) { session in
                let releasing = ScriptSource(["SELECT pg_advisory_unlock_all()", "CREATE TABLE b ()"])
                let first = try #require(releasing.migration("0001_step.sql"))
                let second = try #require(releasing.migration("0002_step.sql"))
                _ = try await session.apply(MigrationBatch([first], from: releasing)) { _ in }
                let error = await database.failure(releasing, options: RunOptions(lockWait: .zero))
                #expect(error?.code == .lockTimeout)
                _ = try await session.apply(MigrationBatch([second], from: releasing)) { _ in }
            }
            #expect(try await database.tables() == ["b"])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }
}
