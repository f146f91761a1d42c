// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

extension MigrationRunnerTests {
    @Test func `a policy that says nothing does not even open a session`() async throws {
        let bench = RunnerBench(ids: ["1"])
        #expect(try await bench.runner().start(StartupPolicy()) == MigrationReport())
        #expect(await bench.store.operations == [])
    }

    @Test func `a policy that applies migrations applies them`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let policy = StartupPolicy(appliesMigrations: true, requiresLatestSchema: true)
        #expect(try await bench.runner().start(policy).applied.map(\.migration.id) == ["1"])
    }

    typealias Case = (files: [InMemoryMigration], history: [HistoryEntry], behind: [MigrationID])

    @Test(
        arguments: [
            ([], [], []),
            ([.sample("1")], [.sample("1")], []),
            ([.sample("1")], [], ["1"]),
            ([.sample("1")], [.sample("1", script: "old")], ["1"]),
            ([.sample("2")], [.sample("1"), .sample("2")], ["1"]),
            ([.sample("1"), .sample("2")], [.sample("2")], ["1"]),
            ([.sample("1")], [.sample("1"), .sample("2", compatibleWith: "core:1")], []),
            ([.sample("1"), .sample("seed:1")], [.sample("1")], []),
        ] as [Case])
    func `a policy that requires the latest schema refuses what is pending, drifted or missing`(sample: Case)
        async throws
    {
        let bench = RunnerBench(sample.files)
        await bench.store.seed(sample.history)
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner().start(StartupPolicy(requiresLatestSchema: true))
        }
        #expect(error?.code == (sample.behind.isEmpty ? nil : .refused))
        let found = (error?.underlying as? SchemaNotLatestError)?.entries.map(\.id) ?? []
        #expect(found == sample.behind)
        #expect(await !bench.store.operations.contains(.lock))
    }

    @Test func `an error after something was applied says what`() async throws {
        let bench = RunnerBench(ids: ["1"])
        await bench.store.plan(StoreFault(at: .openSession, skipping: 1))
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner().start(StartupPolicy(appliesMigrations: true, requiresLatestSchema: true))
        }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.report.applied.map(\.migration.id) == ["1"])
    }
}
