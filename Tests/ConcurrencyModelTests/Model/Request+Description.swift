// SPDX-License-Identifier: Apache-2.0

extension Request: CustomStringConvertible {
    var description: String {
        switch self {
        case .open: "open a session"
        case .readHistory: "read the history"
        case .readUnfinished: "read what is unfinished"
        case .tryLock: "try the lock"
        case .lockHolder: "ask who holds the lock"
        case .begin: "begin, with the fence"
        case .execute(let migration): "execute #\(migration)"
        case .record(let migration): "write the row of #\(migration)"
        case .commit: "commit"
        case .rollBack: "roll back"
        case .readJournal(let migration): "read the journal of #\(migration)"
        case .note(let migration, let step, let state): "note that step \(step) of #\(migration) is \(state)"
        case .executeStep(let migration, let step): "execute step \(step) of #\(migration)"
        case .lookForEffect(let migration, let step): "look whether step \(step) of #\(migration) is in effect"
        case .finish(let migration): "finish #\(migration)"
        case .recordUnexecuted(let migrations): "record \(migrations.map { "#\($0)" }.joined(separator: ", "))"
        case .close: "close"
        case .unlock: "release the lock"
        case .raiseFlag: "raise the flag"
        case .lowerFlag: "lower the flag"
        }
    }
}

extension Reply: CustomStringConvertible {
    var description: String {
        switch self {
        case .done: "done"
        case .no: "no"
        case .migrations(let set):
            "[\((0..<64).filter { set & 1 << UInt64($0) != 0 }.map { "#\($0)" }.joined(separator: ", "))]"
        case .steps(let states): "[\(states.map { "\($0)" }.joined(separator: ", "))]"
        case .unfinished(let done):
            "[\(done.keys.sorted().map { "#\($0): \(done[$0] ?? 0) done" }.joined(separator: ", "))]"
        case .failed(let reason): "failed: \(reason)"
        case .lost: "the connection is lost"
        case .expired: "not free in time"
        case .cancelled: "cancelled"
        case .abandoned: "abandoned"
        }
    }
}

extension Edge.Event: CustomStringConvertible {
    var description: String {
        switch self {
        case .answer(let request, let reply): "\(request) -> \(reply)"
        case .fault(.crash, let request): "CRASHES at: \(request); a fresh runner takes its place"
        case .fault(.cut, let request): "IS CUT OFF at: \(request)"
        case .fault(.endSession, let request): "HAS ITS SESSION ENDED by the server, before: \(request)"
        case .fault(.loseLock, let request): "LOSES THE LOCK before: \(request)"
        case .fault(.cancel, let request): "IS CANCELLED at: \(request)"
        case .fault(.deadline, let request): "HAS WAITED LONG ENOUGH at: \(request)"
        case .serverCompletes(let request): "the server carries out what a client that is gone had sent: \(request)"
        case .serverEndsSession: "the server ends the session of a client that is gone"
        }
    }
}

extension StepState: CustomStringConvertible {
    var description: String {
        switch self {
        case .untouched: "untouched"
        case .started: "started"
        case .done: "done"
        case .redo: "to be done again"
        }
    }
}
