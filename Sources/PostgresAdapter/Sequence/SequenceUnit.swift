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
    /// The checksum of each statement with its data.
    let checksums: [String]

    /// What the statements say, so that a file that was edited half-way is noticed.
    var checksum: String { Checksum(of: Array(checksums.joined().utf8)).hexadecimal }

    /// A few characters for each statement, so that the one that was edited can be named.
    var marks: [String] { checksums.map { String($0.prefix(8)) } }

    /// The number of the first statement, for people.
    var firstNumber: Int { statements.lowerBound + 1 }
}

extension ScriptAnalysis {
    /// The steps of the script as a sequence.
    ///
    /// - Parameter borders: Indices of statements that begin a step in any case.
    func sequenceUnits(borders: Set<Int> = []) -> [SequenceUnit] {
        var units: [SequenceUnit] = []
        var start = 0
        while start < statements.count {
            let unit = unit(from: start, borders)
            units.append(unit)
            start = unit.statements.upperBound
        }
        return units
    }

    private func unit(from start: Int, _ borders: Set<Int>) -> SequenceUnit {
        if let effect = effectOutsideTransaction(start) {
            return unit(.alone(effect), start..<start + 1)
        }
        var end = start + 1
        while end < statements.count, !borders.contains(end), belongsTogether(end - 1, end) { end += 1 }
        let begin = blockOfStatement[start].flatMap { blocks[$0].hasModes ? blocks[$0].begin : nil }
        return unit(.transaction(begin: begin), start..<end)
    }

    private func belongsTogether(_ first: Int, _ second: Int) -> Bool {
        guard blockOfStatement[first] == blockOfStatement[second] else { return false }
        if blockOfStatement[second] != nil { return true }
        // A new enum value can be used only after a commit.
        return effectOutsideTransaction(second) == nil && statements[first].kind != .alterTypeAddValue
    }

    /// What a statement does, if it runs outside of a transaction when its file is a sequence.
    private func effectOutsideTransaction(_ index: Int) -> StatementEffect? {
        guard blockOfStatement[index] == nil else { return nil }
        let statement = statements[index]
        if statement.kind.nameOutsideTransaction != nil || statement.kind == .call {
            return StatementEffect(of: statement.kind, tokens: tokens(of: statement))
        }
        guard statement.kind == .other else { return nil }
        switch firstWord(of: statement) {
        case "do": return mayEndTransactionsItself(statement) ? .unknown : nil
        // Refused in a transaction when the table is partitioned, which the file does not tell.
        case "reindex", "cluster": return .repeatable
        default: return nil
        }
    }

    private func unit(_ kind: SequenceUnit.Kind, _ range: Range<Int>) -> SequenceUnit {
        let checksums = statements[range].map { checksum(of: $0) }
        return SequenceUnit(kind: kind, statements: range, checksums: checksums)
    }

    /// The checksum of the words of a statement, and of its data: blanks, comments and the semicolon do not count.
    private func checksum(of statement: SQLStatement) -> String {
        var hasher = Checksum.Hasher()
        let text = text(of: statement)
        if text.contains(UInt8(ascii: "\\")) {
            // Where a string ends can depend on a setting then.
            hasher.update(text)
        } else {
            var tokenizer = SQLTokenizer()
            while let token = tokenizer.next(in: text.span) {
                let bytes = text[(text.startIndex + token.offset)...].prefix(token.length)
                guard bytes != [UInt8(ascii: ";")] else { continue }
                hasher.update(bytes)
                hasher.update([0])
            }
        }
        if let data = statement.copyData { hasher.update(bytes[data]) }
        return hasher.finalize().hexadecimal
    }

    /// The statements of a unit that change settings of the session: they have to be repeated in a new session.
    func sessionSettings(of unit: SequenceUnit) -> [Int] {
        guard case .transaction = unit.kind else { return [] }
        return unit.statements.filter { index in
            switch firstWord(of: statements[index]) {
            case "reset": return true
            case "set":
                let second = StatementTokens(text(of: statements[index]), limit: 2).all.last?.keyword
                return !["local", "constraints", "transaction"].contains(second ?? "")
            case "select":
                var tokens = StatementTokens(text(of: statements[index]), limit: 4)
                return tokens.skip("select") && tokens.takeQualifiedName()?.last == "set_config"
            default: return false
            }
        }
    }
}
