// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// One step of a script that runs as a sequence: done or not done, and never half, as far as PostgreSQL lets us.
struct SequenceUnit {
    enum Kind {
        /// Neighbouring statements in one transaction, together with their journal entry.
        case transaction(begin: SQLStatement?)
        /// A statement outside of any transaction, between two journal entries.
        case alone(StatementEffect)
    }

    let kind: Kind
    /// The statements, as indices into the analysis.
    let statements: Range<Int>
    /// What the statements say, so that a file that was edited half-way is noticed.
    let checksum: String

    /// The number of the first statement, for people.
    var firstNumber: Int { statements.lowerBound + 1 }
}

extension ScriptAnalysis {
    /// The steps of the script as a sequence.
    var sequenceUnits: [SequenceUnit] {
        var units: [SequenceUnit] = []
        var start = 0
        while start < statements.count {
            let unit = unit(from: start)
            units.append(unit)
            start = unit.statements.upperBound
        }
        return units
    }

    private func unit(from start: Int) -> SequenceUnit {
        if let effect = effectOutsideTransaction(start) {
            return unit(.alone(effect), start..<start + 1)
        }
        var end = start + 1
        while end < statements.count, belongsTogether(end - 1, end) { end += 1 }
        let begin = blockOfStatement[start].flatMap { blocks[$0].hasModes ? blocks[$0].begin : nil }
        return unit(.transaction(begin: begin), start..<end)
    }

    private func belongsTogether(_ first: Int, _ second: Int) -> Bool {
        guard blockOfStatement[first] == blockOfStatement[second] else { return false }
        if blockOfStatement[second] != nil { return true }
        // A new enum value can be used only after a commit.
        return effectOutsideTransaction(second) == nil && statements[first].kind != .alterTypeAddValue
    }

    /// What a statement does, if it has to run outside of a transaction.
    private func effectOutsideTransaction(_ index: Int) -> StatementEffect? {
        guard blockOfStatement[index] == nil else { return nil }
        let statement = statements[index]
        let isOutside = statement.kind.nameOutsideTransaction != nil || statement.kind == .call
        guard isOutside || endsTransactionsItself(at: index) else { return nil }
        return StatementEffect(of: statement.kind, tokens: tokens(of: statement))
    }

    private func unit(_ kind: SequenceUnit.Kind, _ range: Range<Int>) -> SequenceUnit {
        var said: [UInt8] = []
        for statement in statements[range] {
            said += text(of: statement)
            if let data = statement.copyData { said += bytes[data] }
        }
        return SequenceUnit(kind: kind, statements: range, checksum: Checksum(of: said).hexadecimal)
    }

    /// The statements of a unit that change settings of the session: they have to be repeated in a new session.
    func sessionSettings(of unit: SequenceUnit) -> [SQLStatement] {
        guard case .transaction = unit.kind else { return [] }
        return statements[unit.statements].filter { statement in
            var tokens = tokens(of: statement)
            if tokens.skip("reset") { return true }
            if tokens.skip("set") {
                return !["local", "constraints", "transaction"].contains(tokens.next?.keyword ?? "")
            }
            guard tokens.skip("select") else { return false }
            return tokens.takeQualifiedName()?.last == "set_config"
        }
    }
}
