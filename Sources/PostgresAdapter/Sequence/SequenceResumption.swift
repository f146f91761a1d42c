// SPDX-License-Identifier: Apache-2.0

/// Decides from the journal alone what has to happen with each unit of a sequence.
struct SequenceResumption {
    enum Decision: Equatable {
        /// Done in an earlier run.
        case skip
        /// Not begun yet.
        case run
        /// Begun in an earlier run, and nobody saw the end: the catalog decides.
        case find(startedAt: String, note: String?)
    }

    enum Problem: Error, Equatable {
        /// The part of the file that is done already is another one now.
        case finishedPartChanged(statement: Int)
        /// A statement whose outcome is unknown is another one now.
        case startedPartChanged(statement: Int, startedAt: String)
    }

    let units: [SequenceUnit]
    let entries: [JournalTable.Entry]

    /// A decision for each unit.
    func decisions() throws(Problem) -> [Decision] {
        let byNumber = Dictionary(entries.map { ($0.firstNumber, $0) }, uniquingKeysWith: { $1 })
        var decisions: [Decision] = []
        for unit in units {
            guard let entry = byNumber[unit.firstNumber] else {
                decisions.append(.run)
                continue
            }
            switch entry.state {
            case .redo: decisions.append(.run)
            case .done:
                guard entry.checksum == unit.checksum else { throw .finishedPartChanged(statement: unit.firstNumber) }
                decisions.append(.skip)
            case .started:
                guard entry.checksum == unit.checksum else {
                    throw .startedPartChanged(statement: unit.firstNumber, startedAt: entry.startedAt)
                }
                decisions.append(.find(startedAt: entry.startedAt, note: entry.note))
            }
        }
        if let orphan = entries.first(where: { entry in
            entry.state != .redo && !units.contains { $0.firstNumber == entry.firstNumber }
        }) {
            throw .finishedPartChanged(statement: orphan.firstNumber)
        }
        return decisions
    }
}
