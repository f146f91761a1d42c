// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("A run that is cancelled", .timeLimit(.minutes(15)))
struct CancellationTests {
    /// Whether a session of this database waits for a thing, by the name that the server gives it.
    private func waits(for event: String, in database: TestDatabase) async throws -> Bool {
        try await eventually {
            try await database.query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '\(event)'")
                == ["1"]
        }
    }

    private func requireNothingLeft(in database: TestDatabase) async throws {
        #expect(try await eventually { try await database.sessionCount() == 0 })
        #expect(try await database.advisoryLockCount() == 0)
    }

    @Test("Stops the statement on the server, undoes its script, and keeps what was applied before")
    func statement() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([
                "CREATE TABLE a ()", "CREATE TABLE b ();\nSELECT pg_sleep(600);", "CREATE TABLE c ()",
            ])
            let task = Task { await database.failure(source) }
            #expect(try await waits(for: "PgSleep", in: database))
            task.cancel()
            let error = try #require(await task.value)
            #expect(error.code == .cancelled)
            #expect(error.report.applied.map(\.migration.path) == ["0001_step.sql"])
            #expect(
                error.description == """
                    0002_step.sql:2:1: error: canceling statement due to user request (57014)
                        2 | SELECT pg_sleep(600);
                          | ^
                    Nothing of 0002_step.sql was applied. 1 migration before it was (0001).
                    """)
            #expect(try await database.tables() == ["a"])
            #expect(try await database.history() == ["core:1"])
            try await requireNothingLeft(in: database)
        }
    }

    @Test("Stops waiting for a lock on a table")
    func tableLock() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t ()")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t")
                let task = Task { await database.failure(ScriptSource(["DROP TABLE t"])) }
                #expect(try await waits(for: "relation", in: database))
                task.cancel()
                #expect(await task.value?.code == .cancelled)
            }
            #expect(try await database.tables() == ["t"])
            try await requireNothingLeft(in: database)
        }
    }

    @Test("Stops waiting for the other run")
    func runLock() async throws {
        try await TestDatabase.with { database in
            let holder = try await PostgresVersionStore(database.configuration()).openSession()
            try await holder.lock(LockRequest()) { _ in }
            let events = EventLog()
            let runner = database.runner(ScriptSource(["CREATE TABLE a ()"]), events: events)
            let task = Task { try await runner.applyPending() }
            await events.wait { if case .waitingForLock = $0 { true } else { false } }
            task.cancel()
            let error = await #expect(throws: MigrationError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            await holder.close()
            #expect(try await database.tables() == [])
            try await requireNothingLeft(in: database)
        }
    }

    @Test(
        "Stops a statement that comes after megabytes which the server still reads when it is asked", arguments: 1...4)
    func largeMessage(attempt: Int) async throws {
        try await TestDatabase.with { database in
            // A message ends behind a change of the encoding, so the notice comes right before the megabytes are sent.
            let script = """
                DO $$ BEGIN RAISE NOTICE 'next'; END $$; SET client_encoding = 'UTF8';
                SELECT pg_sleep(600), '\(String(repeating: "x", count: attempt * 8_000_000))'
                """
            let events = EventLog()
            let runner = database.runner(ScriptSource([script]), events: events)
            let task = Task { try await runner.applyPending() }
            await events.wait { if case .notice = $0 { true } else { false } }
            task.cancel()
            let error = await #expect(throws: MigrationError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await database.history() == [])
            try await requireNothingLeft(in: database)
        }
    }

    @Test("Executes nothing when it was cancelled before it began")
    func beforehand() async throws {
        try await TestDatabase.with { database in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await database.failure(ScriptSource(["CREATE TABLE a ()"]))
            }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(try await database.tables() == [])
            try await requireNothingLeft(in: database)
        }
    }

    @Test("Stops between two scripts, and what is applied stays applied")
    func betweenScripts() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            // Wherever the cancellation hits, at the latest it hits the last script.
            let scripts = (1...100).map { "CREATE TABLE t\($0) ()" } + ["CREATE TABLE last (); SELECT pg_sleep(600)"]
            let runner = database.runner(ScriptSource(scripts), events: events)
            let task = Task { try await runner.applyPending() }
            await events.wait { if case .applied = $0 { true } else { false } }
            task.cancel()
            let error = await #expect(throws: MigrationError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            let applied = error?.report.applied.count ?? 0
            #expect((1...100).contains(applied))
            let tables = try await database.tables()
            #expect(tables.count == applied)
            #expect(try await database.history().count == applied)
        }
    }

    @Test("Stops connecting to a server that never answers")
    func connecting() async throws {
        let listener = try #require(SilentListener())
        defer { listener.close() }
        var configuration = PostgresConfiguration(parameters: [
            "host": "127.0.0.1", "port": "\(listener.port)", "user": "u",
        ])
        configuration.connectTimeout = .seconds(600)
        let task = Task { [configuration] in try await PostgresConnection.open(configuration) }
        // Whether it is before, while or after the connection is begun, the answer is the same.
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(error?.description == "interrupted while connecting")
    }

    @Test("A connection whose statement was cancelled can be used again, also when nothing was left to cancel")
    func connection() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                for _ in 0..<20 {
                    let task = Task { try await connection.query("SELECT pg_sleep(0.001)") }
                    await Task.yield()
                    task.cancel()
                    do {
                        _ = try await task.value
                    } catch let error as PostgresError {
                        #expect(error.code == .cancelled)
                    }
                    #expect(try await connection.query("SELECT 1 FROM pg_sleep(0.001)") == [["1"]])
                }
            }
        }
    }
}
