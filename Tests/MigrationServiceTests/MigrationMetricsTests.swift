// SPDX-License-Identifier: Apache-2.0

#if Metrics
import Metrics
import MetricsTestKit
import MigrationCore
import MigrationService
import MigrationTesting
import Testing

@Suite("MigrationMetrics")
struct MigrationMetricsTests {
    private let metrics = TestMetrics()

    @Test func `what was applied is counted and timed, and the schema is ready`() async throws {
        let bench = StartupBench("one", "two")
        let observer = MigrationMetrics(factory: metrics)
        #expect(try metrics.expectRecorder("strata_schema_ready").lastValue == 0)
        try await bench.startup(observers: [observer]).run()
        #expect(try metrics.expectCounter("strata_migrations_applied").totalValue == 2)
        #expect(try metrics.expectTimer("strata_migration_duration").values.count == 2)
        #expect(try metrics.expectCounter("strata_migrations_failed").totalValue == 0)
        #expect(try metrics.expectRecorder("strata_schema_ready").lastValue == 1)
    }

    @Test func `a wait for the lock is timed`() throws {
        MigrationMetrics(factory: metrics).observe(.lockWaitEnded(.milliseconds(1500)))
        #expect(try metrics.expectTimer("strata_migration_lock_wait").lastValue == 1_500_000_000)
    }

    @Test func `each time that a migration gives way is counted`() throws {
        let migration = InMemoryMigration("1", "").migration
        let retry = StoreRetry(migration: migration, reason: "it blocked others", attempts: 1, pause: .seconds(1))
        MigrationMetrics(factory: metrics).observe(.run(.retrying(retry)))
        #expect(try metrics.expectCounter("strata_migration_retries").totalValue == 1)
    }

    @Test func `a failed migration is counted, another failure is not`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        let observer = MigrationMetrics(factory: metrics)
        _ = await bench.failure(of: bench.startup(observers: [observer]).run)
        #expect(try metrics.expectCounter("strata_migrations_failed").totalValue == 1)
        await bench.store.plan(StoreFault(at: .openSession))
        _ = await bench.failure(of: bench.startup(observers: [observer]).run)
        #expect(try metrics.expectCounter("strata_migrations_failed").totalValue == 1)
        #expect(try metrics.expectRecorder("strata_schema_ready").lastValue == 0)
    }
}
#endif
