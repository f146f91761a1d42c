// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

extension MigrationRunnerTests {
    @Test(
        arguments: [
            ("2", false, [], ["2"]), ("2", true, [], ["1", "2"]), ("3", true, ["2"], ["1", "3"]),
            ("b:1", true, [], ["b:1"]), ("seed:1", false, [], ["seed:1"]), ("1", false, ["2"], ["1"]),
            ("2", false, ["2"], []), ("2", true, ["1", "2"], []), ("2", true, ["2"], ["1"]),
        ] as [(MigrationID, Bool, [MigrationID], [MigrationID])])
    func `faking records what is named, and what is before it where that is asked for, and executes nothing`(
        id: MigrationID, through: Bool, history: [MigrationID], recorded: [MigrationID]
    ) async throws {
        let bench = RunnerBench(ids: ["1", "2", "3", "b:1", "seed:1"])
        await bench.store.seed(history.map { .sample($0) })
        let report = try await bench.runner().fake(id, through: through)
        #expect(report.recorded.map(\.id) == recorded)
        #expect(await bench.store.effects == [])
        #expect(await Set(bench.store.history.map(\.id)) == Set(history + recorded))
        #expect(await bench.store.operations.contains(.lock) == !recorded.isEmpty)
    }

    @Test func `faking a drifted migration records its file as it is now, and no other one`() async throws {
        let bench = RunnerBench([.sample("1", script: "new"), .sample("2", script: "new")])
        await bench.store.seed([.sample("1", script: "old"), .sample("2", script: "old")])
        try await bench.runner().fake("2", through: true)
        #expect(
            await bench.store.history.map(\.checksum)
                == [HistoryEntry.sample("1", script: "old").checksum, Migration.sample("2", script: "new").checksum])
    }

    @Test func `faking is possible although other migrations would stop a run`() async throws {
        let bench = RunnerBench([.sample("2", needs: ["nowhere:1"])])
        await bench.store.seed([.sample("1")])
        #expect(try await bench.runner().fake("2").recorded.map(\.id) == ["2"])
    }

    @Test func `faking a migration that the source does not have, or has twice, is refused`() async throws {
        let bench = RunnerBench([.sample("1"), .sample("2"), .sample("2", script: "twice")])
        let unknown = await bench.failure { () async throws(MigrationError) in try await bench.runner().fake("9") }
        #expect(unknown?.code == .refused)
        #expect(unknown?.refusals == [.unknownTarget("9", newest: "2")])
        let twice = await bench.failure { () async throws(MigrationError) in try await bench.runner().fake("2") }
        #expect(twice?.refusals.count == 1)
        #expect(await bench.store.history == [])
        #expect(try await bench.runner().fake("1").recorded.map(\.id) == ["1"])
    }
}
