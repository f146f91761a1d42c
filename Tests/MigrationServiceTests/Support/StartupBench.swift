// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationService
import MigrationTesting

/// A start on a store in memory: what a test looks at, and how it holds a migration back.
struct StartupBench {
    static let apply = MigrationSettings(policy: StartupPolicy(appliesMigrations: true))

    let store: InMemoryVersionStore
    let source: InMemorySource
    let readiness = MigrationReadiness()
    let events = StartupLog()
    let clock = StoppedClock()
    /// Holds every script that says `hold` until it is opened.
    let latch: Latch

    init(_ scripts: String...) {
        let latch = Latch()
        self.latch = latch
        store = InMemoryVersionStore { script, transaction in
            if script == "hold" { try await latch.wait() }
            transaction.leave(script)
        }
        source = InMemorySource(scripts.enumerated().map { InMemoryMigration("000\($0.offset + 1)", $0.element) })
    }

    func startup(
        _ settings: MigrationSettings = apply, observers: [any StartupObserver] = []
    ) -> MigrationStartup<InMemorySource, InMemoryVersionStore> {
        MigrationStartup(
            source: source, store: store, settings: settings, readiness: readiness, observers: [events] + observers,
            clock: clock, neededBuild: Self.neededBuild)
    }

    /// The failure of a database that needs a newer build, as a test plans it.
    static let tooNew = InMemoryStoreError(.failed, "the database needs the build that has core:12.")

    private static func neededBuild(_ error: MigrationError) -> NeededBuild? {
        guard let error = error.underlying as? InMemoryStoreError, error == tooNew else { return nil }
        return NeededBuild(build: MigrationID("core:12"), description: error.description)
    }

    /// Waits until the readiness is in such a state.
    func reached(_ condition: (MigrationReadiness.State) -> Bool) async -> MigrationReadiness.State? {
        await readiness.changes.first(where: condition)
    }

    func isWaiting() async {
        _ = await reached { if case .waitingForLock = $0 { true } else { false } }
    }

    func isMigrating(_ index: Int = 1) async {
        _ = await reached { if case .migrating(let step) = $0 { step.index == index } else { false } }
    }

    /// A session that holds the lock, as another process does.
    func lockedSession() async throws -> InMemorySession {
        let session = try await store.openSession()
        try await session.lock(LockRequest()) { _ in }
        return session
    }

    /// The error of a call that has to fail.
    func failure<Result>(of body: () async throws(MigrationError) -> Result) async -> MigrationError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}
