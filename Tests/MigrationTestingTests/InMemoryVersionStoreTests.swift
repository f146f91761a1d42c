// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct InMemoryVersionStoreTests {
    private let source = InMemorySource([
        InMemoryMigration("0001", "CREATE TABLE a ()"), InMemoryMigration("0002", "CREATE TABLE b ()"),
    ])
    private let store = InMemoryVersionStore()
    private var runner: MigrationRunner<InMemorySource, InMemoryVersionStore> {
        MigrationRunner(source: source, store: store)
    }
    private let ids = [MigrationID(version: 1), MigrationID(version: 2)]

    @Test func `by default the text of a script is its effect`() async throws {
        try await runner.applyPending()
        #expect(await store.effects == ["CREATE TABLE a ()", "CREATE TABLE b ()"])
    }

    @Test func `every call is logged with its session, in order`() async throws {
        try await runner.applyPending()
        let operations: [StoreOperation] = [
            .openSession, .history, .unfinished, .lock, .history, .unfinished, .apply([ids[0]]), .apply([ids[1]]),
            .close,
        ]
        #expect(await store.calls == operations.map { StoreCall(session: 1, operation: $0) })
        await store.forgetCalls()
        try await runner.fake(ids[0])
        #expect(await store.calls.map(\.session) == [2, 2, 2])
        #expect(await store.openSessions == [])
    }

    @Test func `copies share their state`() async throws {
        let copy = store
        try await runner.applyPending()
        #expect(await copy.history.map(\.id) == ids)
    }

    @Test func `what an earlier run did can be written down`() async throws {
        await store.seed(try await source.migrations().map { HistoryEntry(recording: $0) })
        try await runner.applyPending()
        #expect(await store.effects == [])
    }

    @Test func `a planned failure happens as often as planned, after as many passes as planned`() async throws {
        await store.plan(StoreFault(at: .history, skipping: 1, times: 2))
        var outcomes: [Bool] = []
        for _ in 1...4 {
            let session = try await store.openSession()
            outcomes.append((try? await session.history()) != nil)
            await session.close()
        }
        #expect(outcomes == [true, false, false, true])
    }

    @Test func `planned failures can be forgotten`() async throws {
        await store.plan(StoreFault(at: .openSession, times: .max))
        await #expect(throws: MigrationError.self) { try await runner.applyPending() }
        await store.forgetFaults()
        try await runner.applyPending()
    }

    @Test(arguments: [
        (StoreFault.Point.openSession, MigrationError.Code.storeUnavailable, 0), (.history, .storeUnavailable, 0),
        (.lock, .storeUnavailable, 0), (.execute(MigrationID(version: 2)), .storeUnavailable, 1),
        (.commit, .storeUnavailable, 0), (.afterCommit, .storeUnavailable, 1),
    ])
    func `a failure can be planned at every point of a run`(
        point: StoreFault.Point, code: MigrationError.Code, effects: Int
    ) async throws {
        await store.plan(StoreFault(at: point))
        let error = await #expect(throws: MigrationError.self) { try await runner.applyPending() }
        #expect(error?.code == code)
        #expect(await store.effects.count == effects)
        #expect(await store.history.count == effects)
        #expect(await store.openSessions == [])
        #expect(await !store.isLocked)
    }

    @Test func `a session that lost its lock applies nothing more`() async throws {
        let session = try await store.openSession()
        try await session.lock(LockRequest()) { _ in }
        await store.loseLock()
        let batch = MigrationBatch(try await source.migrations(), from: source)
        await #expect(throws: InMemoryStoreError(.failed, "the session does not hold the lock")) {
            try await session.apply(batch) { _ in }
        }
        #expect(await store.effects == [])
        await session.close()
    }

    @Test func `a session that crashed fails every call but close`() async throws {
        let session = try await store.openSession()
        await session.crash()
        let ended = InMemoryStoreError(.unavailable, "the session has ended")
        await #expect(throws: ended) { try await session.history() }
        await #expect(throws: ended) { try await session.lock(LockRequest()) { _ in } }
        await #expect(throws: ended) { try await session.record([]) }
        await session.close()
    }

    @Test func `sessions that wait get the lock in the order in which they asked, and are told of each new holder`()
        async throws
    {
        let first = try await store.openSession()
        try await first.lock(LockRequest()) { _ in }
        let (second, third) = (try await store.openSession(), try await store.openSession())
        let (told, told2) = (AsyncStream.makeStream(of: StoreEvent.self), AsyncStream.makeStream(of: StoreEvent.self))
        let secondLock = Task { try await second.lock(LockRequest()) { told.continuation.yield($0) } }
        var events = told.stream.makeAsyncIterator()
        #expect(await events.next() == .waitingForLock(holder: LockHolder(description: "session 1")))
        let thirdLock = Task { try await third.lock(LockRequest()) { told2.continuation.yield($0) } }
        var events2 = told2.stream.makeAsyncIterator()
        #expect(await events2.next() == .waitingForLock(holder: LockHolder(description: "session 1")))
        await first.close()
        try await secondLock.value
        #expect(await events2.next() == .waitingForLock(holder: LockHolder(description: "session 2")))
        await second.close()
        try await thirdLock.value
        await third.close()
    }

    @Test func `durations and deadlines are measured with the clock that the test gives`() async throws {
        let clock = JumpingClock()
        let store = InMemoryVersionStore(clock: clock) { _, _ in clock.jump(by: .seconds(3)) }
        let report = try await MigrationRunner(source: source, store: store).applyPending()
        #expect(report.applied.map(\.duration) == [.seconds(3), .seconds(3)])

        let first = try await store.openSession()
        try await first.lock(LockRequest()) { _ in }
        let second = try await store.openSession()
        await #expect(throws: InMemoryStoreError(.lockTimeout, "the lock was not free within 3600.0 seconds")) {
            try await second.lock(LockRequest(timeout: .seconds(3600))) { _ in }
        }
        await second.close()
        await first.close()
    }
}
