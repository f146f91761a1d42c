// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

/// The connection is lost while something is committed.
extension MigrationRunnerTests {
    private static let lost = InMemoryStoreError(.outcomeUnknown, "the connection was lost")

    @Test(arguments: [StoreFault.Point.commit, .afterCommit], [false, true])
    func `whether it was committed is found out, and the run goes on`(
        point: StoreFault.Point, singleTransaction: Bool
    ) async throws {
        let bench = RunnerBench(ids: ["1", "2", "3"])
        await bench.store.plan(StoreFault(at: point, error: Self.lost, skipping: singleTransaction ? 0 : 1))
        let report = try await bench.runner(RunOptions(singleTransaction: singleTransaction)).applyPending()
        #expect(report.applied.map(\.migration.id) == ["1", "2", "3"])
        let told = bench.events.compactMap { if case .applied(let applied) = $0 { applied.migration.id } else { nil } }
        #expect(told == ["1", "2", "3"])
        let reconnections = bench.events.filter { if case .reconnecting = $0 { true } else { false } }
        #expect(reconnections.count == 1)
        #expect(await bench.store.openSessions == [])
        #expect(try await bench.runner().applyPending().applied == [])
    }

    @Test func `what cannot be found out is said, and the next run finds out`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        await bench.store.plan(StoreFault(at: .afterCommit, error: Self.lost))
        await bench.store.plan(StoreFault(at: .openSession, skipping: 1))
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .outcomeUnknown)
        #expect(error?.failed == .sample("1"))
        #expect(error?.underlying as? InMemoryStoreError == Self.lost)
        #expect(try await bench.runner().applyPending().applied.map(\.migration.id) == ["2"])
    }

    @Test func `a failure after that says what was applied over both connections`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        await bench.store.plan(StoreFault(at: .afterCommit, error: Self.lost))
        await bench.store.plan(.failure(of: "2"))
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .failed)
        #expect(error?.failed == .sample("2"))
        #expect(error?.report.applied.map(\.migration.id) == ["1"])
    }

    @Test func `a connection that is lost in every commit ends the run at some time`() async throws {
        let bench = RunnerBench(ids: ["1"])
        await bench.store.plan(StoreFault(at: .commit, error: Self.lost, times: .max))
        let error = await bench.failure(of: bench.runner().applyPending)
        #expect(error?.code == .outcomeUnknown)
        #expect(await bench.store.openSessions == [])
    }
}
