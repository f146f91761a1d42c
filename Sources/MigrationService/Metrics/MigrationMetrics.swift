// SPDX-License-Identifier: Apache-2.0

#if Metrics
public import Metrics
internal import MigrationCore

/// Counts and times what happens at the start, for swift-metrics.
///
/// | metric | kind | |
/// |---|---|---|
/// | `strata_migrations_applied` | counter | migrations that this process applied |
/// | `strata_migrations_failed` | counter | migrations that failed |
/// | `strata_migration_retries` | counter | how often migrations gave way to other sessions |
/// | `strata_migration_duration` | timer | how long each took, measured by the store |
/// | `strata_migration_lock_wait` | timer | how long runs waited for another one |
/// | `strata_schema_ready` | gauge | 1 when the application may serve, else 0 |
public struct MigrationMetrics: StartupObserver {
    private let applied: Counter
    private let failed: Counter
    private let retries: Counter
    private let duration: Metrics.Timer
    private let lockWait: Metrics.Timer
    private let ready: Gauge

    /// Makes the metrics, of the factory that the application bootstrapped, or of another.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        applied = Counter(label: "strata_migrations_applied", factory: factory)
        failed = Counter(label: "strata_migrations_failed", factory: factory)
        retries = Counter(label: "strata_migration_retries", factory: factory)
        duration = Metrics.Timer(label: "strata_migration_duration", factory: factory)
        lockWait = Metrics.Timer(label: "strata_migration_lock_wait", factory: factory)
        ready = Gauge(label: "strata_schema_ready", factory: factory)
        ready.record(0)
    }

    public func observe(_ event: StartupEvent) {
        switch event {
        case .run(.applied(let migration)):
            applied.increment()
            duration.recordNanoseconds(migration.duration.nanoseconds)
        case .run(.retrying): retries.increment()
        case .lockWaitEnded(let waited): lockWait.recordNanoseconds(waited.nanoseconds)
        case .failed(let error):
            if error.failed != nil { failed.increment() }
            ready.record(0)
        case .ready: ready.record(1)
        case .began, .interrupted, .needsNewerBuild: ready.record(0)
        default: break
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
#endif
