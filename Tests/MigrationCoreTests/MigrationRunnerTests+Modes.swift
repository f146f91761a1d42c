// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

/// A store whose session knows more of a script than its text tells.
private struct KnowingStore: VersionStore {
    struct Session: VersionStoreSession {
        let base: InMemorySession
        let answer: @Sendable (MigrationID) throws -> ExecutionMode?

        func history() async throws -> [HistoryEntry] { try await base.history() }
        func executionMode(of migration: Migration, script: MigrationScript) async throws -> ExecutionMode? {
            try answer(migration.id)
        }
        func lock(_ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void) async throws {
            try await base.lock(request, observe: observe)
        }
        func apply(
            _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
        ) async throws -> [AppliedMigration] { try await base.apply(batch, observe: observe) }
        func record(_ migrations: [Migration]) async throws { try await base.record(migrations) }
        func close() async { await base.close() }
    }

    let base: InMemoryVersionStore
    let answer: @Sendable (MigrationID) throws -> ExecutionMode?

    func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        ExecutionMode(name: "by text")
    }

    func openSession() async throws -> Session { Session(base: try await base.openSession(), answer: answer) }
}

extension MigrationRunnerTests {
    private func runner(
        _ base: InMemoryVersionStore, _ options: RunOptions = RunOptions(),
        answer: @escaping @Sendable (MigrationID) throws -> ExecutionMode?
    ) -> MigrationRunner<InMemorySource, KnowingStore> {
        MigrationRunner(
            source: InMemorySource([.sample("1"), .sample("2")]), store: KnowingStore(base: base, answer: answer),
            options: options)
    }

    @Test func `the session's word on a mode counts, and the text where it has none`() async throws {
        let store = InMemoryVersionStore()
        let plan = try await runner(store) { $0 == "2" ? ExecutionMode(name: "stepwise") : nil }.plan()
        #expect(plan.steps.map(\.mode?.name) == ["by text", "stepwise"])
    }

    @Test func `a mode that only the session knows keeps a script out of one transaction for all`() async {
        let store = InMemoryVersionStore()
        let all = runner(store, RunOptions(singleTransaction: true)) {
            $0 == "2" ? ExecutionMode(name: "stepwise", reason: "it says so") : .transaction
        }
        let error = await #expect(throws: MigrationError.self) { try await all.applyPending() }
        #expect(error?.code == .refused)
        #expect(error?.refusals.count == 1)
        #expect(error?.description.contains("0002_x.sql cannot be part of one transaction: it says so") == true)
        #expect(await store.effects == [])
    }

    @Test func `a script that the session does not accept is named; a session that fails is no fault of a script`()
        async
    {
        let store = InMemoryVersionStore()
        let invalid = runner(store) { _ in throw InMemoryStoreError(.invalidScript, "wrong") }
        #expect(await failure(of: invalid)?.refusals.count == 2)
        let lost = runner(store) { _ in throw InMemoryStoreError(.unavailable, "lost") }
        let error = await failure(of: lost)
        #expect(error?.code == .storeUnavailable)
        #expect(error?.refusals == [])
        #expect(await store.effects == [])
        #expect(await store.openSessions == [])
    }

    private func failure(of runner: MigrationRunner<InMemorySource, KnowingStore>) async -> MigrationError? {
        await #expect(throws: MigrationError.self) { try await runner.applyPending() }
    }
}
