// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// The database of one check, and what all checks do with one.
final class ConformanceBench<Harness: VersionStoreHarness>: Sendable {
    typealias Session = Harness.Store.Session

    let harness: Harness
    let database: Harness.Database
    private let currentStage = Mutex("preparing the check")

    init(harness: Harness, database: Harness.Database) {
        self.harness = harness
        self.database = database
    }

    /// What the check is doing, for the message when that fails or hangs.
    var stage: String { currentStage.withLock(\.self) }

    /// Says what comes now; starts the sentence of a failure.
    func now(_ stage: String) {
        currentStage.withLock { $0 = stage }
    }

    func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
        guard condition else { throw BrokenRule(message: otherwise()) }
    }

    func store() async throws -> Harness.Store {
        try await harness.makeStore(on: database)
    }

    /// Opens a session of a store handle of its own, and closes it after the body, whatever happens.
    func withSession<Result: Sendable>(
        _ body: @Sendable (Session) async throws -> Result
    ) async throws -> Result {
        try await withClosing(try await store().openSession()) { try await body($0.session) }
    }

    /// The same, with the lock held.
    func withLockedSession<Result: Sendable>(
        _ body: @Sendable (Session) async throws -> Result
    ) async throws -> Result {
        try await withHeldLock { try await body($0.session) }
    }

    /// The same, for a body that closes the session in its course.
    func withHeldLock<Result: Sendable>(
        _ body: @Sendable (HeldLock<Session>) async throws -> Result
    ) async throws -> Result {
        try await withClosing(try await store().openSession()) { held in
            try await self.lock(held.session)
            return try await body(held)
        }
    }

    private func withClosing<Result: Sendable>(
        _ session: Session, _ body: @Sendable (HeldLock<Session>) async throws -> Result
    ) async throws -> Result {
        let held = HeldLock(session)
        do {
            let result = try await body(held)
            await held.close()
            return result
        } catch {
            await held.close()
            throw error
        }
    }

    /// Locks with a deadline that a free lock cannot miss.
    func lock(_ session: Session) async throws {
        now("taking the lock, which should be free,")
        try await session.lock(LockRequest(timeout: harness.patience * 2)) { _ in }
        now("working under the lock")
    }

    /// The whole of a batch that leaves marks: migration `n` leaves mark `n`.
    func marking(_ marks: Int...) -> InMemorySource {
        InMemorySource(marks.map { InMemoryMigration("\($0)", harness.scriptLeaving(mark: $0)) })
    }

    /// Applies every migration of a source as one batch, in a session of its own.
    func applyAll(_ source: InMemorySource) async throws {
        let batch = try await self.batch(source)
        try await withLockedSession { session in
            _ = try await session.apply(batch) { _ in }
        }
    }

    func batch(_ source: InMemorySource) async throws -> MigrationBatch {
        MigrationBatch(try await source.migrations(), from: source)
    }

    /// The history as a session of its own reads it, by component and version.
    func history() async throws -> [HistoryEntry] {
        try await withSession { session in
            self.now("reading the history in a new session")
            return try await session.history().sorted { $0.id < $1.id }
        }
    }

    /// Requires that exactly these migrations are in the history, and these marks in the database.
    func requireState(history ids: [MigrationID], marks: [Int], _ moment: String) async throws {
        let recorded = try await history().map(\.id)
        let left = try await harness.marks(in: database)
        try require(left == marks, "\(moment) the marks are \(left), expected were \(marks)")
        try require(recorded == ids, "\(moment) the history has \(recorded), expected were \(ids)")
    }

    func fingerprint() async throws -> String {
        guard let fingerprint = try await harness.fingerprint(of: database) else {
            throw ConformanceSkip(reason: "the harness gives no fingerprint")
        }
        return fingerprint
    }

    func lingeringScript(mark: Int) throws -> String {
        guard let script = harness.scriptLingering(afterMark: mark) else {
            throw ConformanceSkip(reason: "the harness has no script that lingers")
        }
        return script
    }

    func crash(_ session: Session) async throws {
        guard try await harness.crash(session, in: database) else {
            throw ConformanceSkip(reason: "the harness cannot crash a session")
        }
    }
}
