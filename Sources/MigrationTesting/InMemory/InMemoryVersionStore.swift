// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A store that lives in memory, keeps every rule of ``VersionStore``, and fails where a test plans it.
///
/// Copies share their state: give each of several runners a copy, and they compete for one lock.
///
/// ```swift
/// let store = InMemoryVersionStore()
/// let runner = MigrationRunner(source: source, store: store)
/// try await runner.applyPending()
/// #expect(await store.effects == ["CREATE TABLE users ()"])
///
/// await store.forgetCalls()
/// try await runner.applyPending()
/// #expect(await store.operations == [.openSession, .history, .close])
/// ```
///
/// ## Topics
/// ### Looking at what happened
/// - ``history``
/// - ``effects``
/// - ``operations``
/// - ``calls``
/// - ``openSessions``
/// ### Letting it fail
/// - ``plan(_:)``
/// - ``loseLock()``
/// - ``InMemorySession/crash()``
public struct InMemoryVersionStore: VersionStore {
    /// Plays a script: leaves its effects in the transaction, or throws.
    public typealias Execution = @Sendable (_ script: String, _ transaction: InMemoryTransaction) async throws -> Void

    /// Tells how a script would be executed, or throws because it is not valid.
    public typealias Inspection = @Sendable (_ migration: Migration, _ script: String) throws -> ExecutionMode

    package let database = InMemoryDatabase()
    let clock: any Clock<Duration>
    let execute: Execution
    private let inspect: Inspection

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - clock: Measures durations and the wait for the lock.
    ///   - execute: Plays a script; by default its text is its effect.
    ///   - inspect: Tells the mode of a script; by default every script is valid and runs in a transaction.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        execute: @escaping Execution = { script, transaction in transaction.leave(script) },
        inspect: @escaping Inspection = { _, _ in .transaction }
    ) {
        self.clock = clock
        self.inspect = inspect
        self.execute = execute
    }

    public func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        try inspect(migration, String(decoding: try script.bytes, as: UTF8.self))
    }

    public func openSession() async throws -> InMemorySession {
        try Task.checkCancellation()
        return InMemorySession(number: try await database.openSession(), store: self)
    }

    /// What is recorded as applied, oldest first.
    public var history: [HistoryEntry] { get async { await database.history } }

    /// What the scripts of all batches that took effect left, in order.
    public var effects: [String] { get async { await database.effects } }

    /// Every call that the store and its sessions got, in order.
    public var calls: [StoreCall] { get async { await database.calls } }

    /// Every call, without its session: what a test with one runner compares.
    public var operations: [StoreOperation] { get async { await database.calls.map(\.operation) } }

    /// The sessions that were opened and neither closed nor lost.
    public var openSessions: Set<Int> { get async { await database.openSessions } }

    /// Whether a session holds the lock.
    public var isLocked: Bool { get async { await database.locking.holder != nil } }

    /// Writes entries into the history as if an earlier run had done it.
    public func seed(_ entries: [HistoryEntry]) async {
        await database.write(entries, effects: [])
    }

    /// Notes migrations as stopped on the way, as a store does that executes step by step; applying one ends that.
    public func leaveUnfinished(_ migrations: [UnfinishedMigration]) async {
        await database.leaveUnfinished(migrations)
    }

    /// Plans a failure.
    public func plan(_ fault: StoreFault) async {
        await database.plan(fault)
    }

    /// Forgets all planned failures.
    public func forgetFaults() async {
        await database.forgetFaults()
    }

    /// Empties the log.
    public func forgetCalls() async {
        await database.forgetCalls()
    }

    /// Takes the lock away from the session that holds it, as a server does that loses the connection.
    public func loseLock() async {
        await database.loseLock()
    }
}
