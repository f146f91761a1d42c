// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// One step of a script that runs as a sequence: done or not done, and never half, as far as PostgreSQL lets us.
struct SequenceUnit {
    enum Kind {
        /// Neighbouring statements in one transaction, together with their journal entry.
        case transaction(begin: ScriptReader.Block?)
        /// A statement outside of any transaction, between two journal entries.
        case alone(StatementEffect)
    }

    let kind: Kind
    /// The statements, as indices into the script.
    let statements: Range<Int>
    /// The checksum of each statement with its data.
    let checksums: [String]

    /// What the statements say, so that a file that was edited half-way is noticed.
    var checksum: String { Checksum(of: Array(checksums.joined().utf8)).hexadecimal }

    /// A few characters for each statement, so that the one that was edited can be named.
    var marks: [String] { checksums.map { String($0.prefix(8)) } }

    /// The number of the first statement, for people.
    var firstNumber: Int { statements.lowerBound + 1 }
}

extension SequenceScript {
    /// The steps of the script.
    ///
    /// - Parameter borders: Indices of statements that begin a step in any case.
    func units(borders: Set<Int> = []) -> [SequenceUnit] {
        var units: [SequenceUnit] = []
        var start = 0
        while start < entries.count {
            let unit = unit(from: start, borders)
            units.append(unit)
            start = unit.statements.upperBound
        }
        return units
    }

    private func unit(from start: Int, _ borders: Set<Int>) -> SequenceUnit {
        if let effect = entries[start].effect {
            return unit(.alone(effect), start..<start + 1)
        }
        var end = start + 1
        while end < entries.count, !borders.contains(end), belongsTogether(end - 1, end) { end += 1 }
        let begin = entries[start].statement.block.flatMap { blocks[$0].hasModes ? blocks[$0] : nil }
        return unit(.transaction(begin: begin), start..<end)
    }

    private func belongsTogether(_ first: Int, _ second: Int) -> Bool {
        let (first, second) = (entries[first], entries[second])
        guard first.statement.block == second.statement.block else { return false }
        if second.statement.block != nil { return true }
        // A new enum value can be used only after a commit.
        return second.effect == nil && first.statement.kind != .alterTypeAddValue
    }

    private func unit(_ kind: SequenceUnit.Kind, _ range: Range<Int>) -> SequenceUnit {
        SequenceUnit(kind: kind, statements: range, checksums: entries[range].map(\.checksum))
    }

    /// The statements of a unit that change settings of the session: they have to be repeated in a new session.
    func sessionSettings(of unit: SequenceUnit) -> [Int] {
        guard case .transaction = unit.kind else { return [] }
        return unit.statements.filter { entries[$0].setsSession }
    }
}
