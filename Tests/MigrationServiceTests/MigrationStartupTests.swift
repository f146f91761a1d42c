// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationService
import MigrationTesting
import Testing

@Suite("MigrationStartup")
struct MigrationStartupTests {
    @Test func `what the environment says is done`() async throws {
        let bench = StartupBench("one")
        let startup = try MigrationStartup(
            source: bench.source, store: bench.store, environment: ["RUN_DB_MIGRATIONS_ON_START": "yes"])
        #expect(try await startup.run().applied.count == 1)
        #expect(startup.readiness.isReady)
        #expect(await bench.store.effects == ["one"])
    }

    @Test func `a variable that is neither a yes nor a no stops the start, with its name`() {
        let bench = StartupBench("one")
        let error = #expect(throws: StartupPolicy.InvalidVariable.self) {
            try MigrationStartup(
                source: bench.source, store: bench.store, environment: ["REQUIRE_LATEST_SCHEMA": "maybe"])
        }
        #expect(error?.name == "REQUIRE_LATEST_SCHEMA")
    }

    @Test func `a policy that says nothing asks nothing of the database and is ready`() async throws {
        let bench = StartupBench("one")
        try await bench.startup(MigrationSettings()).run()
        #expect(bench.readiness.isReady)
        #expect(await bench.store.operations == [])
    }

    @Test func `a schema that has to be the latest and is not makes the start fail`() async {
        let bench = StartupBench("one")
        let startup = bench.startup(MigrationSettings(policy: StartupPolicy(requiresLatestSchema: true)))
        let error = await bench.failure(of: startup.run)
        #expect(error?.underlying is SchemaNotLatestError)
        #expect(bench.readiness.report.status == "failed")
        #expect(await bench.store.effects == [])
    }

    @Test func `each step is told, in order, in words`() async throws {
        let bench = StartupBench("one", "two")
        try await bench.startup().run()
        let lines = bench.events.texts.map { $0.replacing(#/ in .*$/#, with: "") }
        #expect(
            lines == [
                "applying what is pending", "2 migrations are pending",
                "migrating 1 of 2: 0001_migration.sql", "executed 0001_migration.sql", "applied 0001_migration.sql",
                "migrating 2 of 2: 0002_migration.sql", "executed 0002_migration.sql", "applied 0002_migration.sql",
                "the schema is ready: 2 migrations were applied",
            ])
    }

    @Test func `lines for people leave out what is for the curious`() async throws {
        let bench = StartupBench("one")
        let lines = StartupLog()
        let text = MigrationLines { _ in lines.observe(.lockWaitEnded(.zero)) }
        try await bench.startup(observers: [text]).run()
        // Pending, migrating, applied, ready.
        #expect(lines.events.count == 4)
    }

    @Test func `while another run has the lock, the readiness says who, and how long that took is told`() async throws {
        let bench = StartupBench("one")
        let other = try await bench.lockedSession()
        async let report = bench.startup().run()
        await bench.isWaiting()
        #expect(bench.readiness.report.text == "waiting for lock held by session 1")
        bench.clock.advance(by: .seconds(7))
        await other.close()
        #expect(try await report.applied.count == 1)
        let waits = bench.events.events.compactMap { if case .lockWaitEnded(let wait) = $0 { wait } else { nil } }
        #expect(waits == [.seconds(7)])
    }

    @Test func `a wait that found nothing left to do is told as well`() async throws {
        let bench = StartupBench("one")
        let other = try await bench.lockedSession()
        async let report = bench.startup().run()
        await bench.isWaiting()
        await bench.store.seed([HistoryEntry(recording: bench.source.current[0].migration)])
        await other.close()
        #expect(try await report.applied.isEmpty)
        #expect(bench.events.texts.contains("waited 0.0 seconds for the lock"))
        #expect(bench.readiness.isReady)
    }

    @Test func `a start that is cancelled while it waits ends, and is not ready`() async throws {
        let bench = StartupBench("one")
        let other = try await bench.lockedSession()
        let run = Task { await bench.failure(of: bench.startup().run) }
        await bench.isWaiting()
        run.cancel()
        #expect(await run.value?.code == .cancelled)
        #expect(bench.readiness.state == .interrupted)
        #expect(await bench.store.openSessions == [other.number])
        await other.close()
    }

    @Test func `a start that is cancelled while a migration runs undoes that one and gives the lock back`() async throws
    {
        let bench = StartupBench("one", "hold")
        let run = Task { await bench.failure(of: bench.startup().run) }
        await bench.isMigrating(2)
        #expect(bench.readiness.report.text == "migrating 2 of 2: 0002_migration.sql")
        run.cancel()
        #expect(await run.value?.code == .cancelled)
        #expect(await bench.store.effects == ["one"])
        #expect(await !bench.store.isLocked)
    }

    @Test func `a failure is told before it is thrown`() async {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        let error = await bench.failure(of: bench.startup().run)
        #expect(error?.code == .failed)
        #expect(bench.readiness.report.migration == "0001_migration.sql")
        #expect(bench.events.texts.last?.contains("division by zero") == true)
    }
}
