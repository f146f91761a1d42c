// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationService
import MigrationTesting
import Testing

@Suite("A database that needs a newer build")
struct NewerBuildTests {
    private func bench(looks: Int) async -> StartupBench {
        let bench = StartupBench("one")
        await bench.store.plan(StoreFault(at: .history, error: StartupBench.tooNew, times: looks))
        return bench
    }

    @Test func `it is looked at again after each interval, until it fits`() async throws {
        let bench = await bench(looks: 2)
        async let report = bench.startup().run()
        for look in 1...2 {
            try await bench.clock.hasSleeper()
            #expect(bench.readiness.report.status == "needsNewerBuild")
            #expect(bench.readiness.report.neededBuild == "core:12")
            let waits = bench.events.events.filter { if case .needsNewerBuild = $0 { true } else { false } }
            #expect(waits.count == look)
            // A look that comes too early is none.
            bench.clock.advance(by: .seconds(29))
            #expect(await bench.store.calls.filter { $0.operation == .openSession }.count == look)
            bench.clock.advance(by: .seconds(1))
        }
        #expect(try await report.applied.count == 1)
        #expect(bench.readiness.isReady)
    }

    @Test func `nothing is open while it is not looked at`() async throws {
        let bench = await bench(looks: 1)
        let run = Task { await bench.failure(of: bench.startup().run) }
        try await bench.clock.hasSleeper()
        #expect(await bench.store.openSessions == [])
        run.cancel()
        #expect(await run.value?.code == .cancelled)
        #expect(bench.readiness.state == .interrupted)
    }

    @Test func `a start that is told to fail does`() async {
        let bench = await bench(looks: 1)
        var settings = StartupBench.apply
        settings.newerBuild = .fail
        let error = await bench.failure(of: bench.startup(settings).run)
        #expect(error?.code == .failed)
        #expect(bench.readiness.report.status == "failed")
    }

    @Test func `another failure is no reason to wait`() async {
        let bench = StartupBench("one")
        await bench.store.plan(StoreFault(at: .history))
        #expect(await bench.failure(of: bench.startup().run)?.code == .storeUnavailable)
    }

    @Test func `what the runner itself finds too new is waited for, with the build that it names`() async throws {
        let bench = StartupBench("one")
        let newer = InMemoryMigration(
            "0002", "two", directives: Migration.Directives(compatibleWith: MigrationID("core:2")))
        await bench.store.seed([bench.source.current[0], newer].map { HistoryEntry(recording: $0.migration) })
        let startup = MigrationStartup(
            source: bench.source, store: bench.store, settings: StartupBench.apply, readiness: bench.readiness,
            clock: bench.clock)
        async let report = startup.run()
        try await bench.clock.hasSleeper()
        #expect(bench.readiness.report.status == "needsNewerBuild")
        #expect(bench.readiness.report.neededBuild == "core:2")
        // The right build is rolled out.
        bench.source.add(newer)
        bench.clock.advance(by: .seconds(30))
        #expect(try await report.applied.isEmpty)
        #expect(bench.readiness.isReady)
    }
}
