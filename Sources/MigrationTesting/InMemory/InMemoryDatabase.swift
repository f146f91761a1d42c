// SPDX-License-Identifier: Apache-2.0

package import MigrationCore

/// What the sessions of an ``InMemoryVersionStore`` share: history, effects, the log of calls and the planned failures.
package actor InMemoryDatabase {
    package private(set) var history: [HistoryEntry] = []
    private var unfinished: [UnfinishedMigration] = []
    package private(set) var effects: [String] = []
    private(set) var calls: [StoreCall] = []
    private(set) var openSessions: Set<Int> = []
    private var sessionCount = 0
    private var faults: [StoreFault] = []
    var locking = InMemoryLockQueue()

    func plan(_ fault: StoreFault) {
        faults.append(fault)
    }

    func forgetFaults() {
        faults = []
    }

    func forgetCalls() {
        calls = []
    }

    func openSession() throws -> Int {
        sessionCount += 1
        calls.append(StoreCall(session: sessionCount, operation: .openSession))
        try pass(.openSession)
        openSessions.insert(sessionCount)
        return sessionCount
    }

    func close(_ session: Int) {
        calls.append(StoreCall(session: session, operation: .close))
        end(session)
    }

    /// Ends a session without its knowledge, as a lost connection does.
    func end(_ session: Int) {
        openSessions.remove(session)
        locking.release(session)
        locking.endWaits(of: session, with: Self.sessionEnded)
    }

    func readHistory(_ session: Int) throws -> [HistoryEntry] {
        try begin(.history, session)
        try pass(.history)
        return history
    }

    func readUnfinished(_ session: Int) throws -> [UnfinishedMigration] {
        try begin(.unfinished, session)
        return unfinished
    }

    func leaveUnfinished(_ migrations: [UnfinishedMigration]) {
        unfinished += migrations
    }

    /// Notes a call and refuses it when the session is not connected any more.
    func begin(_ operation: StoreOperation, _ session: Int) throws {
        calls.append(StoreCall(session: session, operation: operation))
        guard openSessions.contains(session) else { throw Self.sessionEnded }
    }

    func requireLock(_ session: Int) throws {
        guard openSessions.contains(session) else { throw Self.sessionEnded }
        guard locking.holder == session else {
            throw InMemoryStoreError(.failed, "the session does not hold the lock")
        }
    }

    /// Throws the error that is planned for a point, if one is.
    func pass(_ point: StoreFault.Point) throws {
        for index in faults.indices where faults[index].point == point && faults[index].times > 0 {
            guard faults[index].skipping == 0 else {
                faults[index].skipping -= 1
                continue
            }
            faults[index].times -= 1
            throw faults[index].error
        }
    }

    /// Lets a batch take effect, all of it or nothing.
    func commit(_ migrations: [Migration], effects: [String], by session: Int) throws {
        try requireLock(session)
        try pass(.commit)
        let known = Set(history.map(\.id))
        if let twice = migrations.first(where: { known.contains($0.id) }) {
            throw InMemoryStoreError(.failed, "\(twice.id) is in the history already")
        }
        write(migrations.map { HistoryEntry(recording: $0) }, effects: effects)
        try pass(.afterCommit)
    }

    func record(_ migrations: [Migration], by session: Int) throws {
        try begin(.record(migrations.map(\.id)), session)
        try requireLock(session)
        try pass(.commit)
        let replaced = Set(migrations.map(\.id))
        history.removeAll { replaced.contains($0.id) }
        write(migrations.map { HistoryEntry(recording: $0) }, effects: [])
        try pass(.afterCommit)
    }

    /// Writes without asking: what a store that breaks the rules does.
    package func write(_ entries: [HistoryEntry], effects: [String]) {
        history += entries
        let done = Set(entries.map(\.id))
        unfinished.removeAll { done.contains($0.id) }
        self.effects += effects
    }

    private static let sessionEnded = InMemoryStoreError(.unavailable, "the session has ended")
}
