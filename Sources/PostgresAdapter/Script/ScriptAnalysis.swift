// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// A script taken apart: its statements, and which of them stand in transaction blocks of the file's own.
struct ScriptAnalysis {
    /// A transaction block of the file's own.
    struct Block {
        /// Its `BEGIN`.
        let begin: SQLStatement
        /// Whether the `BEGIN` asks for modes such as an isolation level.
        let hasModes: Bool
    }

    /// The script's bytes.
    let bytes: [UInt8]
    /// What is sent, in order: without the file's own `BEGIN` and `COMMIT`.
    private(set) var statements: [SQLStatement] = []
    /// For each statement, the block that it stands in.
    private(set) var blockOfStatement: [Int?] = []
    /// The file's own transaction blocks, in order.
    private(set) var blocks: [Block] = []

    private var openBlock: Int?

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
        for statement in all {
            try take(statement)
        }
        if let openBlock {
            throw ScriptProblem(
                position: blocks[openBlock].begin.position,
                message: "this transaction block is never ended",
                hint: "add COMMIT; at the end, or remove BEGIN: a migration runs in a transaction anyway.")
        }
    }

    private mutating func take(_ statement: SQLStatement) throws(ScriptProblem) {
        switch statement.kind {
        case .begin(let hasModes):
            if openBlock != nil {
                throw ScriptProblem(
                    position: statement.position, message: "a transaction block begins inside another one",
                    hint: "remove this BEGIN, or end the first block before it.")
            }
            openBlock = blocks.count
            blocks.append(Block(begin: statement, hasModes: hasModes))
        case .commit(let chain):
            guard openBlock != nil, !chain else { throw Self.strayCommit(statement, chain: chain) }
            openBlock = nil
        case .rollback:
            throw ScriptProblem(
                position: statement.position,
                message: "this would undo the migration, while the history says that it is applied",
                hint: "remove it, or use SAVEPOINT and ROLLBACK TO SAVEPOINT.")
        case .prepareTransaction:
            throw ScriptProblem(
                position: statement.position, message: "PREPARE TRANSACTION would take the migration out of our hands",
                hint: "remove it.")
        default:
            if let openBlock, let name = statement.kind.nameOutsideTransaction {
                throw ScriptProblem(
                    position: statement.position, message: "\(name) cannot run inside a transaction block",
                    hint: "end the block that begins on line \(blocks[openBlock].begin.position.line) before it.")
            }
            statements.append(statement)
            blockOfStatement.append(openBlock)
        }
    }

    private static func strayCommit(_ statement: SQLStatement, chain: Bool) -> ScriptProblem {
        ScriptProblem(
            position: statement.position,
            message: chain
                ? "COMMIT AND CHAIN would end our transaction"
                : "this COMMIT would end our transaction: no BEGIN of the file is open here",
            hint: "remove it: a migration and its history row are committed together, by the runner.")
    }

    /// Whether a statement is `SET TRANSACTION`, which has to come before all that reads or writes.
    func setsTransactionModes(_ statement: SQLStatement) -> Bool {
        guard statement.kind == .other, firstWord(of: statement) == "set" else { return false }
        var tokens = StatementTokens(text(of: statement), limit: 3)
        guard tokens.skip("set") else { return false }
        if !tokens.skip("local") { _ = tokens.skip("session") }
        return tokens.next?.keyword?.hasPrefix("transaction") ?? false
    }

    /// The bytes of a statement.
    func text(of statement: SQLStatement) -> ArraySlice<UInt8> {
        bytes[statement.byteRange]
    }

    /// The tokens of a statement; their offsets count from its first byte.
    func tokens(of statement: SQLStatement) -> StatementTokens {
        StatementTokens(text(of: statement))
    }

    /// The first word of a statement in lower case; `nil` if it begins with something else.
    func firstWord(of statement: SQLStatement) -> String? {
        StatementTokens(text(of: statement), limit: 1).next?.keyword
    }
}

extension StatementKind {
    /// The name of a command that cannot run inside a transaction block; `nil` for all others.
    var nameOutsideTransaction: String? {
        switch self {
        case .outsideTransaction(let command): command.description
        case .commitPrepared: "COMMIT PREPARED"
        case .rollbackPrepared: "ROLLBACK PREPARED"
        default: nil
        }
    }
}
