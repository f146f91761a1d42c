// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// A script taken apart: its statements, and which of them are the file's own transaction around the others.
struct ScriptAnalysis {
    /// The script's bytes.
    let bytes: [UInt8]
    /// What is sent, in order: without the file's own `BEGIN` and `COMMIT`.
    private(set) var statements: [SQLStatement] = []
    /// The file's own `BEGIN`, if it asks for a mode such as an isolation level.
    private(set) var ownBegin: SQLStatement?
    /// Why the script cannot run in one transaction: the statement that forbids it, and a sentence.
    private(set) var obstacle: (position: SourcePosition, reason: String)?

    /// Takes a script apart.
    ///
    /// - Throws: ``ScriptProblem`` for text that psql would not read as statements either, and for transaction control that
    ///   would break the one transaction of script and history.
    init(bytes: [UInt8], standardConformingStrings: Bool = true) throws(ScriptProblem) {
        self.bytes = bytes
        let all: [SQLStatement]
        do {
            all = try SQLScript.statements(
                in: bytes.span, standardConformingStrings: standardConformingStrings)
        } catch {
            throw ScriptProblem(position: error.position, message: error.message)
        }
        var block = TransactionBlock()
        for statement in all {
            try take(statement, block: &block)
        }
        if let open = block.open {
            throw ScriptProblem(
                position: open.position,
                message: "this transaction block is never ended",
                hint: "add COMMIT; at the end, or remove BEGIN: a migration runs in a transaction anyway.")
        }
    }

    /// Where the walk over the statements is with respect to the file's own transaction.
    private struct TransactionBlock {
        var open: SQLStatement?
        var count = 0
    }

    private mutating func take(_ statement: SQLStatement, block: inout TransactionBlock) throws(ScriptProblem) {
        switch statement.kind {
        case .begin(let hasModes):
            if block.open != nil {
                throw ScriptProblem(
                    position: statement.position, message: "a transaction block begins inside another one",
                    hint: "remove this BEGIN, or end the first block before it.")
            }
            block.open = statement
            block.count += 1
            if block.count == 2 { setObstacle(statement, "the file has several transaction blocks") }
            if hasModes { ownBegin = statement }
        case .commit(let chain):
            guard block.open != nil, !chain else { throw strayCommit(statement, chain: chain) }
            block.open = nil
        case .rollback:
            throw ScriptProblem(
                position: statement.position,
                message: "this would undo the migration, while the history says that it is applied",
                hint: "remove it, or use SAVEPOINT and ROLLBACK TO SAVEPOINT.")
        case .prepareTransaction:
            throw ScriptProblem(
                position: statement.position, message: "PREPARE TRANSACTION would take the migration out of our hands",
                hint: "remove it.")
        case .commitPrepared, .rollbackPrepared:
            setObstacle(statement, "a prepared transaction cannot be ended inside a transaction block")
            statements.append(statement)
        case .outsideTransaction(let command):
            setObstacle(statement, "\(command) cannot run inside a transaction block")
            statements.append(statement)
        default:
            statements.append(statement)
        }
    }

    private mutating func setObstacle(_ statement: SQLStatement, _ reason: String) {
        if obstacle == nil { obstacle = (statement.position, reason) }
    }

    private func strayCommit(_ statement: SQLStatement, chain: Bool) -> ScriptProblem {
        ScriptProblem(
            position: statement.position,
            message: chain
                ? "COMMIT AND CHAIN would end our transaction"
                : "this COMMIT would end our transaction: no BEGIN of the file is open here",
            hint: "remove it: a migration and its history row are committed together, by the runner.")
    }

    /// The bytes of a statement.
    func text(of statement: SQLStatement) -> ArraySlice<UInt8> {
        bytes[statement.byteRange]
    }
}
