// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

/// A database of a newer build.
extension MigrationRunnerTests {
    private static let policies = [
        StartupPolicy(appliesMigrations: true), StartupPolicy(requiresLatestSchema: true),
        StartupPolicy(appliesMigrations: true, requiresLatestSchema: true),
    ]

    private func bench(files: [MigrationID], applied: [HistoryEntry]) async -> RunnerBench {
        let bench = RunnerBench(ids: files)
        await bench.store.seed(applied)
        return bench
    }

    private func start(_ bench: RunnerBench, _ policy: StartupPolicy, _ options: RunOptions = RunOptions()) async
        -> MigrationError?
    {
        await bench.failure { () async throws(MigrationError) in try await bench.runner(options).start(policy) }
    }

    @Test(arguments: policies)
    func `a build that the database is too new for does not start, and executes nothing`(policy: StartupPolicy)
        async throws
    {
        // billing:1 is pending: a build that does not know the schema must not change it.
        let bench = await bench(
            files: ["1", "billing:1"],
            applied: [.sample("1"), .sample("2", compatibleWith: "core:1"), .sample("3", compatibleWith: "core:2")])
        let error = try #require(await start(bench, policy))
        #expect(error.code == .refused)
        let tooNew = try #require(error.underlying as? SchemaTooNewError)
        #expect(tooNew.entries.map(\.id) == ["2", "3"])
        #expect(tooNew.entries.map(\.compatibility) == [.compatible, .needs("2")])
        #expect(tooNew.build == ["1", "billing:1"])
        #expect(tooNew.neededBuild == "2")
        #expect(await bench.store.effects == [])
        #expect(await !bench.store.operations.contains(.lock))
    }

    @Test(arguments: policies)
    func `a build that it is compatible with starts, with a notice that is told once`(policy: StartupPolicy)
        async throws
    {
        let bench = await bench(files: ["1"], applied: [.sample("1"), .sample("2", compatibleWith: "core:1")])
        let report = try await bench.runner().start(policy)
        #expect(report.applied == [])
        let notice = try #require(report.notices.first)
        #expect(report.notices.count == 1)
        #expect(bench.events == [.planNotice(notice)])
        #expect(
            notice.description == """
                the database is ahead of these files: it has core:2 (0002_x.sql), which they do not. It belongs to a newer \
                build, which declares it compatible with this one; nothing of it was changed.
                """)
        let looks = policy.appliesMigrations && policy.requiresLatestSchema ? 2 : 1
        #expect(await bench.store.operations.count { $0 == .history } == looks)
        #expect(await !bench.store.operations.contains(.lock))
    }

    @Test func `with both switched off nothing is asked`() async throws {
        let bench = await bench(files: ["1"], applied: [.sample("1"), .sample("2")])
        #expect(try await bench.runner().start(StartupPolicy()) == MigrationReport())
        #expect(await bench.store.operations == [])
    }

    @Test
    func `a compatible build applies what it has pending, and does not start where that is required and out of order`()
        async throws
    {
        let branch: [HistoryEntry] = [.sample("1"), .sample("3", compatibleWith: "core:1")]
        let other = await bench(files: ["1", "billing:1"], applied: branch)
        #expect(
            try await other.runner().start(StartupPolicy(appliesMigrations: true)).applied.map(\.migration.id)
                == ["billing:1"])

        let late = await bench(files: ["1", "2"], applied: branch)
        let refusal = try #require(await start(late, StartupPolicy(appliesMigrations: true)))
        #expect(refusal.refusals == [.outOfOrder(.sample("2"), newestApplied: "3")])
        #expect(refusal.underlying == nil)
        let behind = try #require(await start(late, StartupPolicy(requiresLatestSchema: true)))
        #expect((behind.underlying as? SchemaNotLatestError)?.entries.map(\.id) == ["2"])
        let allowed = RunOptions(plan: PlanOptions(allowsOutOfOrder: true))
        #expect(
            try await late.runner(allowed).start(StartupPolicy(appliesMigrations: true)).applied.map(\.migration.id)
                == ["2"])
    }

    @Test func `what else is wrong is told beside it`() async throws {
        let bench = await bench(files: ["1", "2"], applied: [.sample("1", script: "old"), .sample("3")])
        let error = try #require(await start(bench, StartupPolicy(appliesMigrations: true)))
        #expect(error.underlying is SchemaTooNewError)
        #expect(error.refusals.count == 2)
        #expect(error.description.hasPrefix("CHECKSUM MISMATCH: 0001_x.sql"))
        #expect(
            error.description.contains("\nthe database is too new for this build, whose newest migration is core:2:"))
    }

    @Test func `a newer build that comes while this one waits for the lock is noticed`() async throws {
        let store = InMemoryVersionStore()
        let bench = RunnerBench(ids: ["1", "billing:1"], store: store)
        await store.seed([.sample("1")])
        let newer = try await store.openSession()
        try await newer.lock(LockRequest(timeout: .seconds(600))) { _ in }
        let runner = bench.runner(also: { event in
            guard case .waitingForLock = event else { return }
            Task {
                await store.seed([.sample("2")])
                await newer.close()
            }
        })
        let error = await bench.failure { () async throws(MigrationError) in
            try await runner.start(StartupPolicy(appliesMigrations: true))
        }
        #expect((error?.underlying as? SchemaTooNewError)?.neededBuild == "2")
        #expect(await store.effects == [])
    }

    @Test func `applyPending tells whether this build can work with what is ahead, and stops nothing`() async throws {
        let bench = await bench(files: ["1", "billing:1"], applied: [.sample("1"), .sample("2"), .sample("b:1")])
        let report = try await bench.runner().applyPending()
        #expect(report.applied.map(\.migration.id) == ["billing:1"])
        #expect(
            report.notices.map(\.description) == [
                """
                the database is ahead of these files: it has core:2 (0002_x.sql), b:1 (b/0001_x.sql), which they do not. It \
                belongs to a newer build, which does not declare it compatible with this one; nothing of it was changed. Run a \
                build that has core:2 and b:1 or later.
                """
            ])
    }

    @Test func `faking records what a migration declares now, where that is not what is recorded`() async throws {
        var declaring = InMemoryMigration.sample("2")
        declaring.directives.compatibleWith = "core:1"
        let bench = RunnerBench([.sample("1"), declaring])
        await bench.store.seed([.sample("1"), .sample("2")])
        #expect(try await bench.runner().fake("1", through: true).recorded == [])
        #expect(try await bench.runner().fake("2").recorded.map(\.id) == ["2"])
        #expect(await bench.store.history.map(\.compatibleWith) == [nil, "core:1"])
        #expect(try await bench.runner().fake("2").recorded == [])
        #expect(await bench.store.effects == [])
    }
}
