// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import MigrationTesting
import Testing

@testable import MigrationService

@Suite("MigrationReadiness")
struct MigrationReadinessTests {
    typealias State = MigrationReadiness.State

    private static let migration = InMemoryMigration("0003", "SELECT 1", name: "0003_orders.sql").migration
    private static let progress = StoreProgress(
        migration: migration, command: "CREATE INDEX", object: "orders",
        amount: StoreProgress.Amount(1, of: 4, .blocks))
    private static let step = MigrationReadiness.Step(path: "0003_orders.sql", index: 3, total: 7)
    private static let busy = MigrationReadiness.Step(path: "0003_orders.sql", index: 3, total: 7, progress: progress)
    private static let retry = StoreRetry(
        migration: migration, reason: "a lock was not free within 5.0 seconds", attempts: 2, pause: .seconds(1))
    private static let yielding = MigrationReadiness.Step(path: "0003_orders.sql", index: 3, total: 7, retry: retry)
    private static let other = InMemoryMigration("0004", "SELECT 1", name: "0004_bills.sql").migration
    private static let after = MigrationReadiness.Step(path: "0004_bills.sql", index: 4, total: 7)
    private static let holder = LockHolder(description: "process 7")
    private static let build = NeededBuild(build: MigrationID("core:12"), description: "core:12 is needed.")
    private static let failure = MigrationError(
        code: .failed, failed: migration, underlying: InMemoryStoreError(.failed, "Key (email)=(a@b.c) exists"))
    private static let applied = AppliedMigration(migration: migration, duration: .seconds(1))

    typealias Case = (state: State, event: StartupEvent, next: State)

    @Test(
        arguments: [
            (.notStarted, .began(StartupPolicy()), .checking),
            (.checking, .run(.waitingForLock(holder: holder)), .waitingForLock(holder: holder)),
            (
                .waitingForLock(holder: holder), .run(.planned(MigrationPlan(migrations: [], history: []))), .checking
            ),
            (.waitingForLock(holder: nil), .lockWaitEnded(.seconds(1)), .waitingForLock(holder: nil)),
            (.checking, .run(.started(migration, index: 3, total: 7)), .migrating(step)),
            (.migrating(step), .run(.progress(progress)), .migrating(busy)),
            (.migrating(busy), .run(.progressEnded), .migrating(step)),
            (.migrating(busy), .run(.retrying(retry)), .migrating(yielding)),
            (.migrating(yielding), .run(.started(migration, index: 3, total: 7)), .migrating(yielding)),
            (.migrating(yielding), .run(.started(other, index: 4, total: 7)), .migrating(after)),
            (.ready, .run(.progress(progress)), .ready),
            (.migrating(step), .run(.executed(applied, index: 3, total: 7)), .migrating(step)),
            (.migrating(step), .ready(MigrationReport()), .ready),
            (.migrating(step), .failed(failure), .failed(MigrationReadiness.Failure(failure))),
            (.migrating(step), .interrupted(MigrationError(code: .cancelled)), .interrupted),
            (.checking, .needsNewerBuild(build, nextLook: .seconds(30)), .needsNewerBuild(build)),
            (.needsNewerBuild(build), .began(StartupPolicy()), .needsNewerBuild(build)),
            (.needsNewerBuild(build), .ready(MigrationReport()), .ready),
        ] as [Case])
    func `an event leads from one state to the next`(sample: Case) {
        #expect(sample.state.after(sample.event) == sample.next)
    }

    @Test(
        arguments: [
            (.notStarted, "not started"), (.checking, "reading the migration history"),
            (.waitingForLock(holder: holder), "waiting for lock held by process 7"),
            (.waitingForLock(holder: nil), "waiting for lock held by another run"),
            (.migrating(step), "migrating 3 of 7: 0003_orders.sql"),
            (
                .migrating(busy),
                "migrating 3 of 7: 0003_orders.sql (CREATE INDEX  orders  25 %  (1 of 4 blocks))"
            ),
            (
                .migrating(yielding),
                "migrating 3 of 7: 0003_orders.sql (gave way to other sessions, 2 times: a lock was not free within 5.0 seconds)"
            ),
            (.ready, "ready"), (.interrupted, "interrupted"),
            (.needsNewerBuild(build), "needs a newer build: one that has core:12 or later"),
            (
                .failed(MigrationReadiness.Failure(failure)),
                "failed: 0003_orders.sql could not be applied; the log has the reason"
            ),
        ] as [(State, String)])
    func `a state says in a line what goes on`(state: State, text: String) {
        #expect(MigrationReadiness.Report(state).text == text)
        #expect(MigrationReadiness.Report(state).ready == (state == .ready))
    }

    @Test func `a failure tells the log everything, and everybody else only what failed`() throws {
        let readiness = MigrationReadiness()
        readiness.observe(.failed(Self.failure))
        #expect(readiness.state.description.contains("a@b.c"))
        let json = String(decoding: try JSONEncoder().encode(readiness.report), as: UTF8.self)
        #expect(json.contains("0003_orders.sql"))
        #expect(!json.contains("a@b.c"))
    }

    @Test func `a report is read back as it was written`() throws {
        for state in [State.migrating(Self.busy), .waitingForLock(holder: Self.holder), .needsNewerBuild(Self.build)] {
            let report = MigrationReadiness.Report(state)
            let data = try JSONEncoder().encode(report)
            #expect(try JSONDecoder().decode(MigrationReadiness.Report.self, from: data) == report)
        }
        let report = MigrationReadiness.Report(.migrating(Self.busy))
        #expect([report.index, report.total] == [3, 7])
        #expect(report.fraction == 0.25)
        #expect(MigrationReadiness.Report(.needsNewerBuild(Self.build)).neededBuild == "core:12")
        #expect(MigrationReadiness.Report(.waitingForLock(holder: Self.holder)).lockHolder == "process 7")
    }

    @Test func `a listener gets the state of the moment, then those that follow`() async {
        let readiness = MigrationReadiness()
        var states = readiness.changes.makeAsyncIterator()
        #expect(await states.next() == .notStarted)
        readiness.observe(.began(StartupPolicy()))
        #expect(await states.next() == .checking)
        // Nothing changes, so nothing is told.
        readiness.observe(.run(.progressEnded))
        readiness.observe(.ready(MigrationReport()))
        #expect(await states.next() == .ready)
    }

    @Test func `a listener that is late gets the newest state`() async {
        let readiness = MigrationReadiness()
        let changes = readiness.changes
        readiness.observe(.began(StartupPolicy()))
        readiness.observe(.ready(MigrationReport()))
        #expect(await changes.first { _ in true } == .ready)
    }

    @Test func `all listeners end with the readiness`() async {
        var readiness: MigrationReadiness? = MigrationReadiness()
        let changes = [readiness?.changes, readiness?.changes].compactMap(\.self)
        readiness = nil
        for stream in changes {
            #expect(await stream.reduce(into: []) { $0.append($1) } == [.notStarted])
        }
    }

    @Test func `it is read and told by many at once, and nothing that was told last is lost`() async {
        let readiness = MigrationReadiness()
        let listeners = (1...8).map { _ in readiness.changes }
        await withTaskGroup(of: Void.self) { group in
            for index in 1...8 {
                group.addTask {
                    for _ in 1...200 {
                        readiness.observe(.run(.started(Self.migration, index: index, total: 8)))
                        if case .migrating = readiness.state { continue }
                        Issue.record("another state")
                    }
                }
            }
        }
        readiness.observe(.ready(MigrationReport()))
        for listener in listeners {
            #expect(await listener.first { _ in true } == .ready)
        }
    }
}
