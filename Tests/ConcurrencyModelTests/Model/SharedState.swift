// SPDX-License-Identifier: Apache-2.0

/// What the model of the database has committed: all that sessions share, but for the lock.
struct SharedState: Hashable, Sendable {
    /// Migrations in the order in which their rows were written.
    var history: [UInt8] = []
    /// What took effect, in this order: see ``effect(of:step:)``.
    var effects: [UInt8] = []
    /// How far steps are, by migration; empty where nothing is unfinished.
    var journal: [[StepState]]
    /// Migrations that were recorded without being executed, as a set of bits.
    var unexecuted: UInt64 = 0
    /// Migrations whose next attempt fails.
    var failing: UInt64 = 0
    var faultsLeft: Int
    /// What two of the flaws leave behind.
    var isFlagRaised = false
    var isLockStuck = false

    init(_ scenario: Scenario) {
        journal = Array(repeating: [], count: scenario.migrations.count)
        for (index, migration) in scenario.migrations.enumerated() where migration.failsOnce {
            failing |= 1 << UInt64(index)
        }
        faultsLeft = scenario.faultLimit
    }

    /// One number for each statement that can be in effect.
    static func effect(of migration: Int, step: Int) -> UInt8 { UInt8(migration * 16 + step) }

    /// The migrations of the history, as a set of bits.
    var recorded: UInt64 { history.reduce(0) { $0 | 1 << UInt64($1) } }

    func isRecorded(_ migration: Int) -> Bool { history.contains(UInt8(migration)) }
}

/// One connection, as the server sees it.
struct Session: Hashable, Sendable {
    enum Life: Hashable, Sendable {
        case alive
        /// The server, or the network, ended it: whoever asks is told so.
        case ended
        case closed
    }

    struct Transaction: Hashable, Sendable {
        /// The fence's lock, which lasts as long as the transaction.
        var holdsLock = false
        var isAborted = false
        var isOver = false
        var effects: [UInt8] = []
        var rows: [UInt8] = []
    }

    var life = Life.alive
    var holdsLock = false
    var transaction: Transaction?
    /// How many rows of the history it knows, where the fence compares them.
    var knownRows = 0

    /// Whether others find the lock taken.
    var keepsOthersOut: Bool { holdsLock || transaction?.holdsLock == true }

    /// Migrations whose history rows are written but not committed, as a set of bits.
    var openRows: UInt64 { (transaction?.rows ?? []).reduce(0) { $0 | 1 << UInt64($1) } }

    static let ended = Session(life: .ended)
    static let closed = Session(life: .closed)
}

/// What a session sees of the others.
struct Surroundings: Hashable, Sendable {
    var isLockTaken = false
    var openRows: UInt64 = 0

    mutating func add(_ session: Session) {
        if session.keepsOthersOut { isLockTaken = true }
        openRows |= session.openRows
    }
}
