// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization

/// A session that does what PostgreSQL's does, one small question after the other.
final class ModelSession: VersionStoreSession {
    private struct State {
        var isConnected = true
        /// What was read first, for the flaw that reads it once.
        var history: [HistoryEntry]?
    }

    let scenario: Scenario
    let process: RunnerProcess
    let number: Int
    private let state = Mutex(State())

    init(scenario: Scenario, process: RunnerProcess, number: Int) {
        self.scenario = scenario
        self.process = process
        self.number = number
    }

    /// Asks, and throws what goes wrong as a session does.
    @discardableResult
    func ask(_ request: Request) async throws -> Reply {
        let reply = await process.ask(request, session: number)
        switch reply {
        case .lost, .abandoned:
            state.withLock { $0.isConnected = false }
            if request.isCommit && scenario.flaw == .lostCommitsCountAsDone { return .done }
            throw ModelError(category: category(ofLosing: request), description: "connection lost at \(request)")
        case .failed(let reason): throw ModelError(category: .failed, description: "\(request) failed: \(reason)")
        case .expired: throw ModelError(category: .lockTimeout, description: "the lock was not free in time")
        case .cancelled: throw CancellationError()
        default: return reply
        }
    }

    private func category(ofLosing request: Request) -> VersionStoreErrorCategory {
        if scenario.flaw == .lostConnectionsCountAsFailures { return .failed }
        return request.isCommit ? .outcomeUnknown : .unavailable
    }

    func history() async throws -> [HistoryEntry] {
        try Task.checkCancellation()
        if scenario.flaw == .historyIsNotReadAgainUnderTheLock, let known = state.withLock(\.history) { return known }
        guard case .migrations(let set) = try await ask(.readHistory) else { return [] }
        let entries = scenario.migrations.enumerated().filter { set & 1 << UInt64($0.offset) != 0 }.map {
            HistoryEntry(recording: $0.element.migration)
        }
        state.withLock { $0.history = entries }
        return entries
    }

    func unfinished() async throws -> [UnfinishedMigration] {
        // The journal's table does not exist where nothing needs it.
        guard scenario.migrations.contains(where: { $0.steps > 0 }) else { return [] }
        try Task.checkCancellation()
        guard case .unfinished(let done) = try await ask(.readUnfinished) else { return [] }
        return done.keys.sorted().map { index in
            let migration = scenario.migrations[index]
            return UnfinishedMigration(id: migration.migration.id, done: done[index] ?? 0, total: migration.steps)
        }
    }

    func lock(_ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void) async throws {
        try Task.checkCancellation()
        if scenario.flaw == .noLock { return }
        let start = process.path.count
        while try await ask(.tryLock) == .no {
            try await ask(.lockHolder)
            observe(.waitingForLock(holder: nil))
            // Nothing is left of this attempt: a runner that tried often is where one is that tries for the first time.
            process.forget(after: start)
        }
    }

    func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        try Task.checkCancellation()
        if scenario.flaw == .applyDoesNothing { return [] }
        if scenario.flaw == .lockIsReleasedBeforeApply { try await ask(.unlock) }
        if scenario.flaw == .flagBlocksTheNextRun { try await ask(.raiseFlag) }
        do {
            let indices = batch.migrations.map { scenario.index(of: $0.id) }
            if indices.count == 1, scenario.migrations[indices[0]].steps > 0 {
                try await applySteps(of: indices[0], batch, observe: observe)
            } else {
                try await applyTogether(indices, batch, observe: observe)
            }
        } catch {
            await rollBack()
            throw error
        }
        if scenario.flaw == .flagBlocksTheNextRun { try await ask(.lowerFlag) }
        return batch.migrations.map { AppliedMigration(migration: $0, duration: .zero) }
    }

    private func applyTogether(
        _ indices: [Int], _ batch: MigrationBatch, observe: (StoreEvent) -> Void
    ) async throws {
        let isApart = scenario.flaw == .historyHasATransactionOfItsOwn
        let isFirst = scenario.flaw == .historyIsWrittenFirst
        try await ask(.begin)
        if isFirst {
            for index in indices { try await ask(.record(index)) }
            try await commitAndBegin()
        }
        for (index, migration) in zip(indices, batch.migrations) {
            _ = try await batch.script(for: migration)
            observe(.started(migration))
            try await ask(.execute(index))
            if !isFirst && !isApart { try await ask(.record(index)) }
            observe(.executed(AppliedMigration(migration: migration, duration: .zero)))
        }
        if isApart {
            try await commitAndBegin()
            for index in indices { try await ask(.record(index)) }
        }
        if scenario.flaw == .lockIsReleasedBeforeCommit { try await ask(.unlock) }
        try await ask(.commit)
    }

    private func commitAndBegin() async throws {
        try await ask(.commit)
        try await ask(.begin)
    }

    private func rollBack() async {
        guard state.withLock(\.isConnected) else { return }
        // Not to be cancelled, and if the connection is lost the server does it itself.
        _ = try? await ask(.rollBack)
    }

    func record(_ migrations: [Migration]) async throws {
        try Task.checkCancellation()
        try await ask(.recordUnexecuted(migrations.map { scenario.index(of: $0.id) }))
    }

    func close() async {
        guard state.withLock(\.isConnected) else { return }
        if scenario.flaw == .closeDoesNothingWhenCancelled && Task.isCancelled { return }
        _ = try? await ask(.close)
    }
}
