// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct MigrationRunnerTests {
    @Test func `with nothing to do a run reads the history once, takes no lock and writes nothing`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        try await bench.runner().applyPending()
        await bench.store.forgetCalls()
        let report = try await bench.runner().applyPending()
        #expect(report == MigrationReport())
        #expect(await bench.store.operations == [.openSession, .history, .close])
    }

    @Test func `seed data that nobody asked for is nothing to do`() async throws {
        let bench = RunnerBench(ids: ["1", "seed:1"])
        try await bench.runner().applyPending()
        await bench.store.forgetCalls()
        try await bench.runner().applyPending()
        #expect(await bench.store.operations == [.openSession, .history, .close])
    }

    @Test func `a migration that was stopped on the way is incomplete, and the next run goes on with it`() async throws
    {
        let bench = RunnerBench(ids: ["1", "2"])
        let stopped = UnfinishedMigration(id: "1", done: 3, total: 7)
        await bench.store.seed([.sample("2")])
        await bench.store.leaveUnfinished([stopped])
        let status = try await bench.runner().status()
        #expect(status.map(\.label) == ["INCOMPLETE (3 of 7 statements)", "APPLIED"])
        #expect(status.map(\.progress) == [stopped, nil])
        #expect(try await bench.runner().applyPending().applied.map(\.migration.id) == ["1"])
        #expect(try await bench.runner().status().map(\.label) == ["APPLIED", "APPLIED"])
    }

    @Test func `without any migration there is nothing to do`() async throws {
        let bench = RunnerBench()
        #expect(try await bench.runner().applyPending() == MigrationReport())
        #expect(await bench.store.operations == [.openSession, .history, .close])
    }

    @Test func `what is pending is applied one by one, in order, under the lock, after another look`() async throws {
        let bench = RunnerBench(ids: ["b:1", "2", "1"])
        let report = try await bench.runner().applyPending()
        #expect(report.applied.map(\.migration.id) == ["1", "2", "b:1"])
        #expect(await bench.store.effects == ["core:1", "core:2", "b:1"])
        #expect(
            await bench.store.operations == [
                .openSession, .history, .unfinished, .lock, .history, .unfinished, .apply(["1"]), .apply(["2"]),
                .apply(["b:1"]), .close,
            ])
    }

    @Test func `what another run applied in the meantime is not applied again`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let batch = MigrationBatch(try await bench.source.migrations(), from: bench.source)
        let report = try await waiting(on: bench) { other in _ = try await other.apply(batch) { _ in } }.get()
        #expect(report == MigrationReport())
        #expect(await bench.store.effects == ["core:1", "core:2"])
        let calls = await bench.store.calls.filter { $0.session == 2 }.map(\.operation)
        #expect(calls == [.openSession, .history, .unfinished, .lock, .history, .close])
    }

    @Test func `what another run changed in the meantime can be a reason to refuse`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let error = await #expect(throws: MigrationError.self) {
            try await waiting(on: bench) { other in
                try await other.record([.sample("1", script: "something else")])
            }.get()
        }
        #expect(error?.code == .refused)
        #expect(error?.refusals.count == 1)
        #expect(await bench.store.effects == [])
    }

    /// Lets a run wait for a session that holds the lock and does something before it closes.
    private func waiting(
        on bench: RunnerBench, _ body: (InMemorySession) async throws -> Void
    ) async throws -> Result<MigrationReport, any Error> {
        let other = try await bench.store.openSession()
        try await other.lock(LockRequest()) { _ in }
        let (told, continuation) = AsyncStream.makeStream(of: Void.self)
        let run = Task {
            defer { continuation.finish() }
            return try await bench.runner { if case .waitingForLock = $0 { continuation.yield() } }.applyPending()
        }
        for await _ in told { break }
        try await body(other)
        await other.close()
        return await run.result
    }

    @Test func `each run closes its session and frees the lock`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let runner = bench.runner()
        try await runner.applyPending()
        _ = try await runner.status()
        _ = try await runner.plan()
        try await runner.fake("1")
        #expect(await bench.store.openSessions == [])
        #expect(await !bench.store.isLocked)
    }

    @Test func `a run tells its plan, the start and the end of each script, and what is in effect`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let applied = try await bench.runner().applyPending().applied
        let steps = applied.map { MigrationPlan.Step($0.migration, mode: .transaction) }
        var plan = MigrationPlan(migrations: applied.map(\.migration), history: [])
        plan.steps = steps
        #expect(
            bench.events == [
                .planned(plan),
                .started(.sample("1"), index: 1, total: 2), .executed(applied[0], index: 1, total: 2),
                .applied(applied[0]),
                .started(.sample("2"), index: 2, total: 2), .executed(applied[1], index: 2, total: 2),
                .applied(applied[1]),
            ])
    }

    @Test func `with one transaction everything is one batch, and nothing counts as applied before its end`()
        async throws
    {
        let bench = RunnerBench(ids: ["1", "2"])
        let report = try await bench.runner(RunOptions(singleTransaction: true)).applyPending()
        #expect(report.applied.map(\.migration.id) == ["1", "2"])
        #expect(await bench.store.operations.contains(.apply(["1", "2"])))
        #expect(bench.events.suffix(2) == report.applied.map { .applied($0) })
    }

    @Test func `the options of the plan hold for the run`() async throws {
        let bench = RunnerBench(ids: ["1", "2", "seed:1"])
        try await bench.runner(RunOptions(plan: PlanOptions(target: "1"))).applyPending()
        #expect(await bench.store.effects == ["core:1"])
        try await bench.runner(RunOptions(plan: PlanOptions(includesSeed: true))).applyPending()
        #expect(await bench.store.effects == ["core:1", "core:2", "seed:1"])
    }

    @Test func `the lock is waited for as long as the options say`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let other = try await bench.store.openSession()
        try await other.lock(LockRequest()) { _ in }
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner(RunOptions(lockWait: .zero)).applyPending()
        }
        await other.close()
        #expect(error?.code == .lockTimeout)
        #expect(error?.failed == nil)
        #expect(bench.events == [.waitingForLock(holder: LockHolder(description: "session 1"))])
    }

    @Test func `a file that differs in line endings only is applied, and a notice is told`() async throws {
        let bench = RunnerBench([.sample("1", script: "a\r\nb\r\n")])
        let recorded = HistoryEntry.sample("1", script: "a\nb\n")
        await bench.store.seed([recorded])
        let notice = PlanNotice.lineEndings(.sample("1", script: "a\r\nb\r\n"), recorded: recorded.checksum)
        let report = try await bench.runner().applyPending()
        #expect(report.notices == [notice])
        #expect(bench.events == [.planNotice(notice)])
        #expect(try await bench.runner().status().map(\.state) == [.applied])
    }

    @Test func `plan and status execute nothing and take no lock`() async throws {
        let bench = RunnerBench([.sample("1", needs: ["nowhere:1"]), .sample("2")])
        let plan = try await bench.runner().plan()
        #expect(plan.refusals == [.unknownDependency(.sample("1", needs: ["nowhere:1"]), "nowhere:1")])
        #expect(plan.steps.map(\.mode) == [.transaction, .transaction])
        #expect(try await bench.runner().status().map(\.state) == [.pending, .pending])
        let operations: [StoreOperation] = [.openSession, .history, .unfinished, .close]
        #expect(await bench.store.operations == operations + operations)
    }
}
