// SPDX-License-Identifier: Apache-2.0

#if Tracing
import InMemoryTracing
import MigrationCore
import MigrationService
import MigrationTesting
import Testing
import Tracing

@Suite("MigrationTracing")
struct MigrationTracingTests {
    private let tracer = InMemoryTracer()

    @Test func `each migration has a span in that of the run, and the run is in that of its caller`() async throws {
        let bench = StartupBench("one", "two")
        let caller = try await tracer.withSpan("boot") { span in
            try await bench.startup(observers: [MigrationTracing(tracer: tracer)]).run()
            return span.spanID
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["apply migration", "apply migration", "migrate schema", "boot"])
        let run = try #require(spans.first { $0.operationName == "migrate schema" })
        #expect(run.parentSpanID == caller)
        #expect(run.attributes.get("migrations.applied") == "2")
        #expect(spans.prefix(2).map(\.parentSpanID) == [run.spanID, run.spanID])
        #expect(spans[1].attributes.get("migration.path") == "0002_migration.sql")
        #expect(spans.allSatisfy { $0.errors.isEmpty })
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func `a failure is recorded in both spans`() async {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        _ = await bench.failure(of: bench.startup(observers: [MigrationTracing(tracer: tracer)]).run)
        #expect(tracer.finishedSpans.map(\.operationName) == ["apply migration", "migrate schema"])
        #expect(tracer.finishedSpans.allSatisfy { $0.errors.count == 1 && $0.status?.code == .error })
    }

    @Test func `each try of a migration that gives way is a span`() {
        let migration = InMemoryMigration("1", "").migration
        let retry = StoreRetry(migration: migration, reason: "it blocked others", attempts: 1, pause: .seconds(1))
        let applied = AppliedMigration(migration: migration, duration: .seconds(1))
        let events: [MigrationEvent] = [
            .started(migration, index: 1, total: 1), .retrying(retry), .started(migration, index: 1, total: 1),
            .executed(applied, index: 1, total: 1),
        ]
        let observer = MigrationTracing(tracer: tracer)
        events.forEach { observer.observe(.run($0)) }
        #expect(tracer.finishedSpans.map { $0.status?.code } == [.error, nil])
        #expect(tracer.finishedSpans.first?.attributes.get("retry.reason") == "it blocked others")
    }

    @Test func `a wait for the lock is an event of the run's span`() async throws {
        let bench = StartupBench("one")
        let other = try await bench.lockedSession()
        let observer = MigrationTracing(tracer: tracer)
        async let report = bench.startup(observers: [observer]).run()
        await bench.isWaiting()
        await other.close()
        _ = try await report
        let run = try #require(tracer.finishedSpans.last)
        #expect(run.events.map(\.name) == ["waiting for lock"])
        #expect(run.attributes.get("lock.waited_ms") == "0")
    }

    @Test func `each look at a database that needs a newer build is a span of its own`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(StoreFault(at: .history, error: StartupBench.tooNew))
        let observer = MigrationTracing(tracer: tracer)
        async let report = bench.startup(observers: [observer]).run()
        try await bench.clock.hasSleeper()
        bench.clock.advance(by: .seconds(30))
        _ = try await report
        let looks = tracer.finishedSpans.filter { $0.operationName == "migrate schema" }
        #expect(looks.map { $0.status?.code } == [.error, nil])
        #expect(tracer.activeSpans.isEmpty)
    }
}
#endif
