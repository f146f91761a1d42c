// SPDX-License-Identifier: Apache-2.0

/// Decides from the file and the journal alone what has to happen with each unit of a sequence.
struct SequenceResumption {
    enum Decision: Equatable {
        /// Done in an earlier run.
        case skip
        /// Not begun yet.
        case run
        /// Begun in an earlier run, and nobody saw the end: the catalog decides.
        case find(startedAt: String, note: String?)
    }

    struct Step {
        let unit: SequenceUnit
        let decision: Decision
    }

    enum Problem: Error, Equatable {
        /// The part of the file that is done already is another one now.
        case finishedPartChanged(statement: Int)
        /// A statement whose outcome is unknown is another one now.
        case startedPartChanged(statement: Int, startedAt: String)
    }

    let script: SequenceScript
    let entries: [JournalTable.Entry]

    /// All units in order, with a decision for each.
    func steps() throws(Problem) -> [Step] {
        let settled = entries.filter { $0.state != .redo }
        // What is done stays a unit of its own, whatever an edited file has behind it now.
        let borders = Set(settled.flatMap { [$0.firstNumber - 1, $0.lastNumber] })
        let byNumber = Dictionary(settled.map { ($0.firstNumber, $0) }, uniquingKeysWith: { $1 })
        var steps: [Step] = []
        for unit in script.units(borders: borders) {
            steps.append(Step(unit: unit, decision: try decide(unit, byNumber[unit.firstNumber])))
        }
        // What an entry tells of has to be in the file, or the file was cut short.
        let numbers = Set(steps.map(\.unit.firstNumber))
        if let orphan = settled.first(where: { !numbers.contains($0.firstNumber) }) { throw problem(with: orphan, nil) }
        return steps
    }

    private func decide(_ unit: SequenceUnit, _ entry: JournalTable.Entry?) throws(Problem) -> Decision {
        guard let entry else { return .run }
        guard entry.checksum == unit.checksum else { throw problem(with: entry, unit) }
        return entry.state == .done ? .skip : .find(startedAt: entry.startedAt, note: entry.note)
    }

    private func problem(with entry: JournalTable.Entry, _ unit: SequenceUnit?) -> Problem {
        guard entry.state == .done else {
            return .startedPartChanged(statement: entry.firstNumber, startedAt: entry.startedAt)
        }
        let before = entry.note?.split(separator: " ").map(String.init) ?? []
        let now = unit?.marks ?? []
        let same = zip(before, now).prefix { $0 == $1 }.count
        return .finishedPartChanged(statement: entry.firstNumber + min(same, entry.lastNumber - entry.firstNumber))
    }
}
