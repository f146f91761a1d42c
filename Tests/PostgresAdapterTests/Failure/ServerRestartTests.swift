// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

/// In the middle of a transaction: see `ConnectionLossTests`.
@Suite("A server that restarts", .timeLimit(.minutes(15)))
struct ServerRestartTests {
    @Test("Between two migrations", arguments: [ThrowawayPostgres.ShutdownMode.fast, .immediate])
    func between(mode: ThrowawayPostgres.ShutdownMode) async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            let scripts = ScriptSource(["CREATE TABLE a ()", "CREATE TABLE b ()", "CREATE TABLE c ()"])
            let source = HookedSource(scripts, before: "0002_step.sql") { try await database.server.restart(mode) }
            let events = EventLog()
            let runner = MigrationRunner(source: source, store: PostgresVersionStore(database.configuration())) {
                events.add($0)
            }
            do {
                // Without a word of the server the COMMIT that was sent may have arrived: the run finds out, and goes on.
                let applied = try await runner.applyPending().applied
                #expect(applied.map(\.migration.path) == ["0001_step.sql", "0002_step.sql", "0003_step.sql"])
                #expect(events.events.contains { if case .reconnecting = $0 { true } else { false } })
                #expect(mode == .immediate)
            } catch let error as MigrationError {
                #expect(error.code == .storeUnavailable)
                #expect(
                    error.description.hasSuffix(
                        """
                         was lost: terminating connection due to administrator command
                        hint: the server was stopped, or somebody ended the session. Run again when the server is there.
                        Nothing of 0002_step.sql was applied. 1 migration before it was (0001).
                        """), "\(error)")
                #expect(try await database.history() == ["core:1"])
                #expect(try await database.migrate(scripts) == ["0002_step.sql", "0003_step.sql"])
            }
            #expect(try await database.tables() == ["a", "b", "c"])
        }
    }

    @Test("In a statement of a sequence", arguments: [ThrowawayPostgres.ShutdownMode.fast, .immediate, .kill])
    func sequence(mode: ThrowawayPostgres.ShutdownMode) async throws {
        var options = ThrowawayPostgres.Options()
        // What was made just before the server is killed is there afterwards.
        options.settings["synchronous_commit"] = "on"
        try await TestDatabase.withServerOfItsOwn(options) { database in
            try await database.query(HeldRun.table)
            let source = ScriptSource([
                "CREATE TABLE a ();\nCREATE INDEX CONCURRENTLY i ON big (hold(n));\nCREATE TABLE b ();"
            ])
            let holder = try await PostgresConnection.open(database.configuration())
            try await holder.query(HeldRun.lock)
            let run = Task { await database.failure(source) }
            let waits =
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND wait_event = 'advisory'"
            #expect(try await eventually { try await database.query(waits) == ["1"] })
            try await database.server.restart(mode)
            let error = try #require(await run.value)
            #expect(error.code == .storeUnavailable)
            let reason =
                mode == .fast
                ? "terminating connection due to administrator command" : "server closed the connection unexpectedly"
            #expect(error.description.contains(" was lost: \(reason)\nhint: "), "\(error)")
            #expect(
                error.description.hasSuffix(
                    """
                    Statement 1 of 3 of 0001_step.sql is done. Statement 2 was started: the next run finds out what became of \
                    it. This run had applied nothing before it.
                    """))
            #expect(try await database.migrate(source) == ["0001_step.sql"])
            #expect(
                try await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass") == ["t"])
            await holder.close()
        }
    }

    @Test("One that stops refuses a run: it says so, and what to do")
    func stopping() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            let last = try await PostgresConnection.open(database.configuration())
            // The server waits for the last session, and lets nobody in.
            try await last.query("COPY (SELECT 1) TO PROGRAM 'kill -TERM $(head -n 1 postmaster.pid)'")
            var configuration = database.configuration()
            configuration.connectTimeout = .milliseconds(300)
            let store = PostgresVersionStore(configuration)
            var error: MigrationError?
            #expect(
                try await eventually {
                    error = await MigrationRunner(source: ["0001_a.sql": ""] as ScriptSource, store: store).failure()
                    return error?.description.contains("the database system is shutting down") == true
                })
            #expect(error?.code == .storeUnavailable)
            #expect(
                error?.description.hasSuffix(
                    "hint: the server is starting, stopping or recovering, for longer than we tried; start again in a moment."
                ) == true)
            await last.close()
        }
    }
}
