// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

extension MigrationRunnerTests {
    @Test func `a plan with refusals executes nothing, takes no lock, and gives all reasons`() async throws {
        let bench = RunnerBench([.sample("2", script: "new"), .sample("3"), .sample("4")])
        await bench.store.seed([.sample("1"), .sample("2", script: "old"), .sample("4")])
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .refused)
        #expect(error?.refusals.count == 3)
        #expect(error?.report == MigrationReport())
        #expect(await bench.store.effects == [])
        #expect(await bench.store.operations == [.openSession, .history, .unfinished, .close])
    }

    @Test func `scripts that the store does not accept stop the run before the first one, all of them named`()
        async throws
    {
        let store = InMemoryVersionStore(inspect: { migration, script in
            if script == "bad" { throw Unexpected(description: "\(migration.name):1:1: error") }
            return .transaction
        })
        let bench = RunnerBench([.sample("1"), .sample("2", script: "bad"), .sample("3", script: "bad")], store: store)
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .refused)
        #expect(
            error?.refusals == [
                .invalidScript(.sample("2", script: "bad"), reason: "0002_x.sql:1:1: error"),
                .invalidScript(.sample("3", script: "bad"), reason: "0003_x.sql:1:1: error"),
            ])
        #expect(await store.effects == [])
        #expect(await store.openSessions == [])
    }

    @Test func `an error carries what was applied before it, and that stays`() async throws {
        let bench = RunnerBench(ids: ["1", "2", "3", "4"])
        await bench.store.plan(.failure(of: "3"))
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .failed)
        #expect(error?.failed == .sample("3"))
        #expect(error?.report.applied.map(\.migration.id) == ["1", "2"])
        #expect(await bench.store.history.map(\.id) == ["1", "2"])
        let report = try await bench.runner().applyPending()
        #expect(report.applied.map(\.migration.id) == ["3", "4"])
    }

    @Test func `with one transaction a failure leaves nothing, and the right migration is named`() async throws {
        let bench = RunnerBench(ids: ["1", "2", "3"])
        await bench.store.plan(.failure(of: "2"))
        let error = await bench.failure(of: bench.runner(RunOptions(singleTransaction: true)).applyPending)
        #expect(error?.failed == .sample("2"))
        #expect(error?.singleTransaction == true)
        #expect(error?.report.applied == [])
        #expect(await bench.store.effects == [])
    }

    @Test func `a migration that fails before the store tells of it is the one that is named`() async throws {
        let bench = RunnerBench(ids: ["1", "2", "3"])
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner { event in
                if case .applied = event { bench.source.replace("2", with: "changed") }
            }.applyPending()
        }
        #expect(error?.code == .invalidSource)
        #expect(error?.underlying is ScriptChangedError)
        #expect(error?.failed == .sample("2"))
        #expect(error?.report.applied.map(\.migration.id) == ["1"])
    }

    @Test func `a script that changes after the plan stands is not executed`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner { event in
                if case .planned = event { bench.source.replace("1", with: "changed") }
            }.applyPending()
        }
        #expect(error?.underlying is ScriptChangedError)
        #expect(await bench.store.effects == [])
        #expect(await bench.store.history == [])
    }

    @Test func `a source that cannot be read is an invalid source, and its session is closed`() async throws {
        let bench = RunnerBench(ids: ["1"])
        bench.source.fail(with: Unexpected())
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .invalidSource)
        #expect(error?.underlying is Unexpected)
        // Whether the session was opened before it was given up is a race that nobody has to win.
        let operations = await bench.store.operations
        #expect(operations == [.openSession, .close] || operations.allSatisfy { $0 == .openSession })
        #expect(await bench.store.openSessions == [])
    }

    @Test func `a source that fails beside a store that fails is what is told`() async throws {
        let bench = RunnerBench(ids: ["1"])
        bench.source.fail(with: Unexpected())
        await bench.store.plan(StoreFault(at: .openSession))
        #expect(await bench.failure(of: bench.runner().applyPending)?.code == .invalidSource)
    }

    @Test func `a script that cannot be read while the run is prepared is an invalid source`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let error = await bench.failure { () async throws(MigrationError) in
            let store = InMemoryVersionStore(inspect: { _, _ in
                bench.source.fail(with: Unexpected())
                return .transaction
            })
            return try await MigrationRunner(source: bench.source, store: store).applyPending()
        }
        #expect(error?.code == .invalidSource)
    }

    @Test(arguments: [
        (VersionStoreErrorCategory.unavailable, MigrationError.Code.storeUnavailable), (.lockTimeout, .lockTimeout),
        (.cancelled, .cancelled), (.invalidScript, .refused), (.failed, .failed), (.outcomeUnknown, .outcomeUnknown),
    ])
    func `the category of a store's error decides the code`(
        category: VersionStoreErrorCategory, code: MigrationError.Code
    ) async throws {
        for point in [StoreFault.Point.openSession, .history, .lock, .execute("1")] {
            let bench = RunnerBench(ids: ["1"])
            await bench.store.plan(StoreFault(at: point, error: InMemoryStoreError(category, "no"), times: .max))
            let error = await bench.failure(of: bench.runner().applyPending)
            #expect(error?.code == code)
            #expect(error?.underlying as? InMemoryStoreError == InMemoryStoreError(category, "no"))
            #expect(await bench.store.openSessions == [])
        }
    }

    @Test func `an error that the core does not know is a failure`() async throws {
        let bench = RunnerBench(ids: ["1"])
        await bench.store.plan(StoreFault(at: .execute("1"), error: Unexpected()))
        #expect(await bench.failure(of: bench.runner().applyPending)?.code == .failed)
    }
}
