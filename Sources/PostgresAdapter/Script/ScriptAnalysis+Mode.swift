// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

extension ScriptAnalysis {
    /// Why a script runs as a sequence instead of in one transaction.
    struct SequenceReason {
        /// The statement that decides it; `nil` for the directive.
        let position: SourcePosition?
        let text: String
    }

    /// How the script is executed.
    enum Mode {
        /// All of it and the history row in one transaction, begun by the file's own `BEGIN` if that asks for modes.
        case transaction(begin: SQLStatement?)
        case sequence(SequenceReason)
    }

    func mode(_ directives: Migration.Directives) -> Mode {
        if let reason = sequenceReason(directives) { return .sequence(reason) }
        let own = blocks.first.flatMap { $0.hasModes ? $0.begin : nil }
        return .transaction(begin: own)
    }

    /// The mode in the words of `MigrationCore`.
    func executionMode(_ directives: Migration.Directives) -> ExecutionMode {
        guard case .sequence(let reason) = mode(directives) else { return .transaction }
        let place = reason.position.map { "line \($0.line), column \($0.column): " } ?? ""
        return ExecutionMode(name: "sequence", reason: place + reason.text)
    }

    private func sequenceReason(_ directives: Migration.Directives) -> SequenceReason? {
        if directives.noTransaction {
            return SequenceReason(position: nil, text: "the file asks for it: no-transaction")
        }
        if blocks.count > 1 {
            return SequenceReason(position: blocks[1].begin.position, text: "the file has several transaction blocks")
        }
        for (index, statement) in statements.enumerated() {
            if let name = statement.kind.nameOutsideTransaction {
                return SequenceReason(
                    position: statement.position, text: "\(name) cannot run inside a transaction block")
            }
            if endsTransactionsItself(at: index) {
                return SequenceReason(
                    position: statement.position,
                    text: "the DO block ends transactions itself, which needs to be outside of one")
            }
        }
        if let use = useOfNewEnumValue {
            return SequenceReason(
                position: use.position,
                text: "it uses an enum value that the file adds, which is possible only after a commit")
        }
        return nil
    }

    /// Whether a statement is a `DO` block whose body commits or rolls back.
    ///
    /// PostgreSQL allows that only outside of a transaction block (documentation, "Transaction Management" of PL/pgSQL).
    private func endsTransactionsItself(at index: Int) -> Bool {
        let statement = statements[index]
        guard statement.kind == .other, blockOfStatement[index] == nil, firstWord(of: statement) == "do" else {
            return false
        }
        return DoBlock(tokens(of: statement)).endsTransactions
    }

    /// Whether a `DO` block commits, or may do so in a procedure that it calls.
    func mayEndTransactionsItself(_ statement: SQLStatement) -> Bool {
        let block = DoBlock(tokens(of: statement))
        return block.endsTransactions || block.calls
    }

    /// The first statement that uses a value that an earlier `ALTER TYPE … ADD VALUE` of the file adds.
    private var useOfNewEnumValue: SQLStatement? {
        var added: Set<String> = []
        for statement in statements {
            let isAddition = statement.kind == .alterTypeAddValue
            guard isAddition || !added.isEmpty else { continue }
            let tokens = tokens(of: statement).all
            if isAddition {
                // The value follows VALUE [IF NOT EXISTS]; a neighbour may follow BEFORE or AFTER.
                if let value = tokens.first(where: { $0.kind == .string }) { added.insert(value.text) }
            } else if tokens.contains(where: { token in
                token.kind == .string && added.contains(token.text)
                    || token.kind == .dollarString && added.contains { token.text.contains($0) }
            }) {
                return statement
            }
        }
        return nil
    }
}
