// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Other sessions come first", .timeLimit(.minutes(15)))
struct TrafficTests {
    private static let patient = Duration.seconds(3600)
    private static let alter = "ALTER TABLE t ADD COLUMN b int"

    /// How many sessions wait for a lock in this database.
    private static let waits = """
        SELECT count(*) FROM pg_locks WHERE NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    private func options(
        lockTimeout: Duration? = nil, queueLimit: QueueLimit? = nil, retryTime: Duration = patient
    ) -> PostgresVersionStore.Options {
        PostgresVersionStore.Options(
            lockTimeout: lockTimeout, retryTime: retryTime, queueLimit: queueLimit, progressDelay: nil)
    }

    /// Runs the body while another session reads a table in a transaction that stays open.
    private func withReader<Result: Sendable>(
        _ database: TestDatabase, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await database.query("CREATE TABLE t (a int)")
        return try await database.withConnection { reader in
            try await reader.query("SET application_name = 'long reader'; BEGIN; SELECT 'secret' FROM t")
            return try await body(reader)
        }
    }

    private func retries(_ events: EventLog) -> [StoreRetry] {
        events.events.compactMap { if case .retrying(let retry) = $0 { retry } else { nil } }
    }

    @Test(
        "A migration that gets no lock lets the others pass, is tried again, says who held it, and succeeds in the end")
    func gaveWay() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(lockTimeout: .milliseconds(1200))
            try await withReader(database) { reader in
                async let applied = database.migrate(
                    ScriptSource([Self.alter, "SELECT 1"]), store: options, events: events)
                // On a slow machine the time is over before anybody has looked who holds the lock; that is seen in a later attempt then.
                await events.wait { if case .retrying(let retry) = $0 { !retry.blockers.isEmpty } else { false } }
                // In the pause nobody is in the way of another reader.
                try await database.query("SELECT FROM t")
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql", "0002_step.sql"])
                #expect(retries(events).first?.attempts == 1)
                let retry = try #require(retries(events).first { !$0.blockers.isEmpty })
                #expect(retry.reason == "a lock was not free within 1.2 seconds")
                #expect(retry.blockers.count == 1)
                let process = reader.serverProcess
                #expect(
                    retry.blockers.first?.description.hasPrefix("long reader, process \(process) of user postgres")
                        == true)
                #expect(
                    retry.blockers.first?.description.hasSuffix(
                        "after: SET application_name = '…'; BEGIN; SELECT '…' FROM t") == true, "\(retry)")
            }
            let started = events.events.compactMap { if case .started(_, let index, 2) = $0 { index } else { nil } }
            #expect(started == Array(repeating: 1, count: started.count - 1) + [2])
            #expect(started.count > 2)
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }

    @Test("When the time is over the error says what was tried and who is in the way; nothing is left behind")
    func gaveUp() async throws {
        try await TestDatabase.with { database in
            let options = options(lockTimeout: .milliseconds(1200), retryTime: .zero)
            try await withReader(database) { reader in
                // On a slow machine the time is over before anybody has looked who holds the lock.
                let isHolderTold = try await eventually {
                    let error = try #require(await database.failure(ScriptSource([Self.alter]), store: options))
                    #expect((error.underlying as? PostgresError)?.code == .gaveWay)
                    let text = error.description
                    #expect(text.contains("0001_step.sql:1:1: error: canceling statement due to lock timeout"))
                    #expect(
                        text.contains(
                            "it gave way to other sessions and was undone once: a lock was not free within 1.2 seconds")
                    )
                    return text.contains("held by long reader, process \(reader.serverProcess)")
                }
                #expect(isHolderTold)
            }
            #expect(try await database.history() == [])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test(
        "A script cannot switch the limit off, be it openly or where nobody sees it",
        arguments: [
            "SET lock_timeout = 0", "RESET ALL", "SELECT set_config('lock_timeout', '0', false)",
            "SET LOCAL lock_timeout TO '1h'", "DO $$ BEGIN EXECUTE format('SET lock_%s = 0', 'timeout'); END $$",
        ])
    func unswitchable(statement: String) async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(lockTimeout: .milliseconds(300))
            try await withReader(database) { reader in
                let source = ScriptSource(["\(statement); \(Self.alter)"])
                async let applied = database.migrate(source, store: options, events: events)
                await events.wait { if case .retrying = $0 { true } else { false } }
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql"])
                #expect(retries(events).first?.reason == "a lock was not free within 0.3 seconds")
            }
        }
    }

    @Test("A script may set a shorter limit")
    func shorter() async throws {
        try await TestDatabase.with { database in
            let script =
                "SET lock_timeout = '20ms'; SET statement_timeout = '10s'; CREATE TABLE seen AS SELECT current_setting('lock_timeout') l, current_setting('statement_timeout') s"
            var options = options(lockTimeout: .seconds(3))
            options.statementTimeout = .seconds(5)
            try await database.migrate(ScriptSource([script]), store: options)
            #expect(try await database.query("SELECT l, s FROM seen") == ["20ms|5s"])
        }
    }

    @Test("Sessions that queue behind it are let pass when there are too many", arguments: [false, true])
    func queue(ownsLock: Bool) async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(queueLimit: QueueLimit(sessions: 1, duration: .milliseconds(100)))
            // Either it waits itself, or it has the lock and works for long.
            let script = ownsLock ? "LOCK TABLE t; SELECT pg_advisory_xact_lock(7); \(Self.alter)" : Self.alter
            try await withReader(database) { reader in
                try await reader.query(ownsLock ? "COMMIT; SELECT pg_advisory_lock(7)" : "SELECT 1")
                async let applied = database.migrate(ScriptSource([script]), store: options, events: events)
                #expect(try await eventually { try await reader.query(Self.waits) == [["1"]] })
                // They come through while the migration is still unable to go on.
                async let first = database.query("SELECT count(*) FROM t")
                async let second = database.query("SELECT count(*) FROM t")
                #expect(try await [first, second] == [["0"], ["0"]])
                await events.wait { if case .retrying = $0 { true } else { false } }
                #expect(retries(events).first?.reason == "2 sessions waited for it for longer than 0.1 seconds")
                try await reader.query(ownsLock ? "SELECT pg_advisory_unlock(7)" : "COMMIT")
                #expect(try await applied == ["0001_step.sql"])
            }
        }
    }

    @Test("A deadlock with another session is no failure")
    func deadlock() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a int); CREATE TABLE u (a int)")
            let events = EventLog()
            try await database.withConnection { gate in
                try await gate.query("SELECT pg_advisory_lock(9)")
                try await database.withConnection { other in
                    // The migration's session is the one that looks for deadlocks: once, a second after it began to wait. It begins when
                    // the circle is there already.
                    try await other.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE u")
                    let script = "LOCK TABLE t; SELECT pg_advisory_xact_lock(9); SELECT FROM u; \(Self.alter)"
                    async let applied = database.migrate(ScriptSource([script]), store: options(), events: events)
                    #expect(try await eventually { try await gate.query(Self.waits) == [["1"]] })
                    async let closing = other.query("SELECT FROM t; COMMIT")
                    #expect(try await eventually { try await gate.query(Self.waits) == [["2"]] })
                    try await gate.query("SELECT pg_advisory_unlock(9)")
                    _ = try await closing
                    #expect(try await applied == ["0001_step.sql"])
                }
            }
            #expect(retries(events).map(\.reason) == ["it was in a deadlock with another session"])
        }
    }

    @Test("All migrations of one transaction are tried again together")
    func singleTransaction() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(lockTimeout: .milliseconds(200))
            try await withReader(database) { reader in
                let source = ScriptSource(["CREATE TABLE first ()", Self.alter])
                async let applied = database.migrate(
                    source, options: RunOptions(singleTransaction: true), store: options, events: events)
                await events.wait { if case .retrying = $0 { true } else { false } }
                #expect(try await database.history() == [])
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql", "0002_step.sql"])
            }
            let started = events.events.compactMap { if case .started(_, let index, 2) = $0 { index } else { nil } }
            #expect(started.suffix(2) == [1, 2])
        }
    }

    @Test("In a sequence only the transaction that gave way is tried again")
    func sequence() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(lockTimeout: .milliseconds(200))
            try await withReader(database) { reader in
                let script = "CREATE TABLE other (a int);\nCREATE INDEX CONCURRENTLY ON other (a);\n\(Self.alter);"
                async let applied = database.migrate(ScriptSource([script]), store: options, events: events)
                await events.wait { if case .retrying = $0 { true } else { false } }
                let entries = try await database.query("SELECT count(*) FROM public.schema_versions_journal")
                #expect(entries == ["2"])
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql"])
            }
        }
    }

    @Test("An error that has nothing to do with others is not tried again, nor is a time limit of the statement")
    func otherErrors() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            for script in ["SELECT 1 / 0", "SET statement_timeout = '50ms'; SELECT pg_sleep(600)"] {
                let runner = database.runner(
                    ScriptSource([script]), store: options(lockTimeout: .seconds(5)), events: events)
                await #expect(throws: MigrationError.self) { try await runner.applyPending() }
            }
            #expect(retries(events) == [])
        }
    }

    @Test("A run that is cancelled while it pauses ends at once")
    func cancelled() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = options(lockTimeout: .milliseconds(50))
            try await withReader(database) { _ in
                let run = Task {
                    try await database.migrate(ScriptSource([Self.alter]), store: options, events: events)
                }
                await events.wait { if case .retrying = $0 { true } else { false } }
                run.cancel()
                let error = await #expect(throws: MigrationError.self) { try await run.value }
                #expect(error?.code == .cancelled)
            }
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }
}
