// SPDX-License-Identifier: Apache-2.0

/// The model of the database server: what a request does and what is answered.
struct ModelServer {
    static let statementFailed = "the statement failed"
    private static let fenceFailed = "the fence did not let it pass"
    private static let duplicateRow = "there is such a row"

    let scenario: Scenario

    /// Carries a request out at once; `nil` when it has to wait for another transaction.
    func serve(
        _ request: Request, _ session: inout Session, _ shared: inout SharedState, beside others: Surroundings
    ) -> Reply? {
        switch request {
        case .open, .lockHolder: return .done
        case .readHistory:
            know(shared, &session)
            return .migrations(shared.recorded)
        case .readUnfinished: return .unfinished(unfinished(shared))
        case .readJournal(let migration): return .steps(shared.journal[migration])
        case .lookForEffect(let migration, let step):
            return shared.effects.contains(SharedState.effect(of: migration, step: step)) ? .done : .no
        case .tryLock:
            guard !isLockTaken(shared, others) else { return .no }
            session.holdsLock = true
        case .unlock: session.holdsLock = false
        case .close: session = .closed
        case .rollBack: session.transaction = nil
        case .begin, .execute, .record, .commit: return serveInTransaction(request, &session, &shared, others)
        case .note(let migration, let step, let state):
            guard isFencePassed(session, shared, others) else { return .failed(Self.fenceFailed) }
            if shared.journal[migration].isEmpty {
                let count = scenario.migrations[migration].steps
                shared.journal[migration] = Array(repeating: .untouched, count: count)
            }
            shared.journal[migration][step] = state
        case .executeStep(let migration, let step):
            guard !failsNow(migration, &shared) else { return .failed(Self.statementFailed) }
            shared.effects.append(SharedState.effect(of: migration, step: step))
        case .finish(let migration):
            guard isFencePassed(session, shared, others) else { return .failed(Self.fenceFailed) }
            guard !others.contains(row: migration) else { return nil }
            guard !shared.isRecorded(migration) else { return .failed(Self.duplicateRow) }
            shared.history.append(UInt8(migration))
            if scenario.flaw != .journalIsNotEmptied { shared.journal[migration] = [] }
            know(shared, &session)
        case .recordUnexecuted(let migrations):
            guard isFencePassed(session, shared, others) else { return .failed(Self.fenceFailed) }
            guard !migrations.contains(where: { others.contains(row: $0) }) else { return nil }
            for migration in migrations where !shared.isRecorded(migration) {
                shared.history.append(UInt8(migration))
                shared.unexecuted |= 1 << UInt64(migration)
                if scenario.flaw == .recordingExecutes {
                    shared.effects.append(SharedState.effect(of: migration, step: 0))
                }
                shared.journal[migration] = []
            }
            know(shared, &session)
        case .raiseFlag:
            guard !shared.isFlagRaised else { return .failed("an earlier run has left its flag") }
            shared.isFlagRaised = true
        case .lowerFlag: shared.isFlagRaised = false
        }
        return .done
    }

    private func serveInTransaction(
        _ request: Request, _ session: inout Session, _ shared: inout SharedState, _ others: Surroundings
    ) -> Reply? {
        var transaction = session.transaction ?? Session.Transaction()
        defer { session.transaction = transaction.isOver ? nil : transaction }
        switch request {
        case .begin:
            if scenario.flaw == .noFence { return .done }
            guard isFencePassed(session, shared, others) else { return transaction.abort(Self.fenceFailed) }
            transaction.holdsLock = true
        case .execute(let migration):
            guard !failsNow(migration, &shared) else { return transaction.abort(Self.statementFailed) }
            transaction.effects.append(SharedState.effect(of: migration, step: 0))
        case .record(let migration):
            // The second to insert a row waits for the first to commit or not.
            guard !others.contains(row: migration) else { return nil }
            guard !shared.isRecorded(migration) else { return transaction.abort(Self.duplicateRow) }
            transaction.rows.append(UInt8(migration))
        default:
            shared.effects += transaction.effects
            shared.history += transaction.rows
            transaction.isOver = true
            know(shared, &session)
        }
        return .done
    }

    private func isFencePassed(_ session: Session, _ shared: SharedState, _ others: Surroundings) -> Bool {
        if scenario.flaw == .noFence { return true }
        guard scenario.fence == .lock || session.knownRows == shared.history.count else { return false }
        return !isLockTaken(shared, others)
    }

    private func know(_ shared: SharedState, _ session: inout Session) {
        if scenario.fence == .lockAndHistory { session.knownRows = shared.history.count }
    }

    private func isLockTaken(_ shared: SharedState, _ others: Surroundings) -> Bool {
        others.isLockTaken || shared.isLockStuck
    }

    private func failsNow(_ migration: Int, _ shared: inout SharedState) -> Bool {
        let bit: UInt64 = 1 << UInt64(migration)
        defer { shared.failing &= ~bit }
        return shared.failing & bit != 0
    }

    private func unfinished(_ shared: SharedState) -> [Int: Int] {
        var result: [Int: Int] = [:]
        for (index, steps) in shared.journal.enumerated() where !steps.isEmpty {
            result[index] = steps.count { $0 == .done }
        }
        return result
    }

    /// A session comes to its end without a word: what it had not committed is gone, and so is its lock.
    func end(_ session: inout Session, _ shared: inout SharedState) {
        if scenario.flaw == .lockOutlivesItsSession && session.holdsLock { shared.isLockStuck = true }
        session = .ended
    }
}

extension Session.Transaction {
    fileprivate mutating func abort(_ reason: String) -> Reply {
        isAborted = true
        return .failed(reason)
    }
}

extension Surroundings {
    fileprivate func contains(row migration: Int) -> Bool { openRows & 1 << UInt64(migration) != 0 }
}
