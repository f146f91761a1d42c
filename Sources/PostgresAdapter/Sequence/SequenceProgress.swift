// SPDX-License-Identifier: Apache-2.0

/// How far a sequence got, for the person who reads that it stopped.
struct SequenceProgress: Equatable {
    /// Who finds out what became of a statement that was started.
    enum Answer: Equatable { case nextRun, person }

    let path: String
    /// How many statements there are.
    let total: Int
    /// How many are done.
    private(set) var done = 0
    /// The number of a statement whose outcome is not in the journal yet.
    private(set) var started: Int?
    private(set) var answer = Answer.nextRun

    init(path: String, total: Int) {
        self.path = path
        self.total = total
    }

    /// Takes what earlier runs did.
    mutating func take(_ entries: [JournalTable.Entry]) {
        for entry in entries where entry.state == .done && entry.firstNumber == done + 1 { done = entry.lastNumber }
        started = entries.first { $0.state == .started }?.firstNumber
    }

    mutating func start(_ unit: SequenceUnit, answer: Answer = .nextRun) {
        started = unit.firstNumber
        self.answer = answer
    }

    /// What was started counts as never started.
    mutating func withdraw() { started = nil }

    mutating func finish(_ unit: SequenceUnit) {
        started = nil
        done = max(done, unit.statements.upperBound)
    }

    /// What is in effect now, in one line; `nil`: nothing.
    ///
    /// - Parameter isCommitUnknown: Whether the connection was lost in a commit.
    func sentence(isCommitUnknown: Bool) -> String? {
        let ready =
            switch done {
            case 0: ""
            case 1: "Statement 1 of \(total) of \(path) is done"
            default: "Statements 1 to \(done) of \(total) of \(path) are done"
            }
        if let started {
            let what = done == 0 ? "Statement \(started) of \(total) of \(path)" : "\(ready). Statement \(started)"
            return answer == .nextRun
                ? "\(what) was started: the next run finds out what became of it."
                : "\(what) was started: what became of it has to be said."
        }
        guard done > 0 else { return nil }
        switch (done < total, isCommitUnknown) {
        case (true, false): return "\(ready); the next run goes on with statement \(done + 1)."
        case (true, true): return "\(ready). Whether more took effect is not known: the next run finds out."
        case (false, false): return "\(ready), but not yet in the history; the next run records them."
        case (false, true): return "\(ready). Whether they are in the history is not known: the next run finds out."
        }
    }

    /// Adds it to an error.
    func added(to error: any Error) -> any Error {
        guard var error = error as? PostgresError else { return error }
        error.partialProgress = sentence(isCommitUnknown: error.code == .outcomeUnknown)
        return error
    }
}
