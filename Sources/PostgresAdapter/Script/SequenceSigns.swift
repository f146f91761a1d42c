// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// Finds out, statement by statement, whether a script cannot run in one transaction.
struct SequenceSigns {
    /// Why not, as the first statement that cannot tells.
    private(set) var reason: ScriptAnalysis.SequenceReason?
    private(set) var addsEnumValue = false
    private var newValues: Set<String> = []

    mutating func look(at statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        if reason == nil { reason = Self.reason(statement, text) }
        lookForNewValues(statement, text)
    }

    private static func reason(
        _ statement: ScriptStatement, _ text: ArraySlice<UInt8>
    ) -> ScriptAnalysis.SequenceReason? {
        if let name = statement.kind.nameOutsideTransaction {
            return ScriptAnalysis.SequenceReason(
                position: statement.position, text: "\(name) cannot run inside a transaction block")
        }
        // PostgreSQL lets a block commit only outside of a transaction block (documentation, "Transaction Management" of PL/pgSQL).
        guard statement.kind == .other, statement.block == nil, StatementTokens.firstWord(of: text) == "do",
            DoBlock(StatementTokens(text)).endsTransactions
        else { return nil }
        return ScriptAnalysis.SequenceReason(
            position: statement.position,
            text: "the DO block ends transactions itself, which needs to be outside of one")
    }

    private mutating func lookForNewValues(_ statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        let isAddition = statement.kind == .alterTypeAddValue
        guard isAddition || (!newValues.isEmpty && reason == nil) else { return }
        let tokens = StatementTokens(text).all
        if isAddition {
            addsEnumValue = true
            // The value follows VALUE [IF NOT EXISTS]; a neighbour may follow BEFORE or AFTER.
            if let value = tokens.first(where: { $0.kind == .string }) { newValues.insert(value.text) }
        } else if tokens.contains(where: mentionsNewValue) {
            reason = ScriptAnalysis.SequenceReason(
                position: statement.position,
                text: "it uses an enum value that the file adds, which is possible only after a commit")
        }
    }

    private func mentionsNewValue(_ token: StatementTokens.Token) -> Bool {
        switch token.kind {
        case .string: newValues.contains(token.text)
        case .dollarString: newValues.contains { token.text.contains($0) }
        default: false
        }
    }
}
