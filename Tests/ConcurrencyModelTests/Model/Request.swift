// SPDX-License-Identifier: Apache-2.0

/// What a session asks the server for: the smallest things between which another session can do something.
enum Request: Hashable, Sendable {
    case open
    case readHistory
    case readUnfinished
    case tryLock
    case lockHolder
    /// Opens a transaction, with the fence.
    case begin
    case execute(Int)
    /// Writes the history row of a migration.
    case record(Int)
    case commit
    case rollBack
    /// How far the steps of a migration are.
    case readJournal(Int)
    /// Writes how far a step is, in a transaction of its own with the fence.
    case note(Int, step: Int, StepState)
    /// A statement outside of any transaction.
    case executeStep(Int, step: Int)
    /// Looks whether a step took effect, as a catalog tells it.
    case lookForEffect(Int, step: Int)
    /// The history row, the fence and the end of the journal's entries, in one transaction.
    case finish(Int)
    /// History rows without execution, in one transaction with the fence.
    case recordUnexecuted([Int])
    case close

    /// What only sessions with a flaw ask for.
    case unlock, raiseFlag, lowerFlag

    /// Whether it ends a transaction, so that whoever loses the connection meanwhile does not know what became of it.
    var isCommit: Bool {
        switch self {
        case .commit, .finish, .recordUnexecuted: true
        default: false
        }
    }

    /// Whether the server can still carry it out when the one who asked is gone, and the others see that.
    var outlivesItsClient: Bool {
        switch self {
        case .commit, .finish, .recordUnexecuted, .note, .executeStep, .raiseFlag, .lowerFlag: true
        default: false
        }
    }
}

/// How far a step of a migration is that cannot run in one transaction.
enum StepState: UInt8, Hashable, Sendable {
    case untouched, started, done, redo
}

/// A request of one of the sessions of a runner; they are numbered from 0.
struct Call: Hashable, Sendable {
    var session: Int
    var request: Request
}

/// What the server answers.
enum Reply: Hashable, Sendable {
    case done
    case no
    /// Migrations, as a set of bits.
    case migrations(UInt64)
    case steps([StepState])
    /// The unfinished migrations, each with the number of its steps that are done.
    case unfinished([Int: Int])
    case failed(String)
    /// The connection is gone.
    case lost
    /// The lock was not free in time.
    case expired
    /// The task that asks was cancelled.
    case cancelled
    /// The scheduler is not interested any more: the runner comes to its end without a further question.
    case abandoned
}
