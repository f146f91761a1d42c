// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

extension MigrationRunnerTests {
    @Test func `a run in a task that is cancelled changes nothing`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let error = await cancelled(bench, when: { _ in false }, before: true)
        #expect(error?.code == .cancelled)
        #expect(error?.failed == nil)
        #expect(await bench.store.effects == [])
        #expect(await bench.store.openSessions == [])
    }

    @Test func `a run that is cancelled while it waits for the lock ends`() async throws {
        let bench = RunnerBench(ids: ["1"])
        let other = try await bench.store.openSession()
        try await other.lock(LockRequest()) { _ in }
        let error = await cancelled(bench) { if case .waitingForLock = $0 { true } else { false } }
        #expect(error?.code == .cancelled)
        #expect(await bench.store.openSessions == [1])
        await other.close()
    }

    @Test func `a run that is cancelled while a script runs keeps what was applied, and nothing else`() async throws {
        let store = InMemoryVersionStore { script, transaction in
            transaction.leave(script)
            if script == "core:2" { try await Task.sleep(for: .seconds(600)) }
        }
        let bench = RunnerBench(ids: ["1", "2", "3"], store: store)
        let error = await cancelled(bench) { if case .started(_, index: 2, _) = $0 { true } else { false } }
        #expect(error?.code == .cancelled)
        #expect(error?.failed == .sample("2"))
        #expect(error?.report.applied.map(\.migration.id) == ["1"])
        #expect(await store.effects == ["core:1"])
        #expect(await store.history.map(\.id) == ["1"])
        #expect(await store.openSessions == [])
    }

    @Test func `a run that is cancelled between two migrations begins no other`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let error = await cancelled(bench) { if case .applied = $0 { true } else { false } }
        #expect(error?.code == .cancelled)
        #expect(error?.failed == nil)
        #expect(error?.report.applied.map(\.migration.id) == ["1"])
        #expect(await !bench.store.operations.contains(.apply(["2"])))
    }

    /// Runs in a task that is cancelled at the first event of a kind, or before it begins.
    private func cancelled(
        _ bench: RunnerBench, when isMoment: @escaping @Sendable (MigrationEvent) -> Bool, before: Bool = false
    ) async -> MigrationError? {
        let run = Task {
            let cancel: @Sendable () -> Void = { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            if before { cancel() }
            return await bench.failure(of: bench.runner { if isMoment($0) { cancel() } }.applyPending)
        }
        return await run.value
    }
}
