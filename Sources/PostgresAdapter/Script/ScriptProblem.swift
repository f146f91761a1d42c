// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// Something in a script that makes it impossible to execute, found without a server.
struct ScriptProblem: Error {
    var position: SourcePosition
    var message: String
    var hint: String?

    /// The problem as a person sees it, with the line of the file and a mark under the place.
    func error(
        path: String, script: MigrationScript, code: PostgresError.Code = .invalidScript
    ) -> PostgresError {
        var lines = ["\(path):\(position.line):\(position.column): error: \(message)"]
        lines += SourceExcerpt.lines(of: script, at: position)
        if let hint { lines.append("hint: \(hint)") }
        return PostgresError(code: code, message: lines.joined(separator: "\n"))
    }
}

/// Transaction control that would break the one transaction of script and history.
extension ScriptProblem {
    static func nestedBlock(_ begin: SQLStatement) -> ScriptProblem {
        ScriptProblem(
            position: begin.position, message: "a transaction block begins inside another one",
            hint: "remove this BEGIN, or end the first block before it.")
    }

    static func unendedBlock(_ begin: SQLStatement) -> ScriptProblem {
        ScriptProblem(
            position: begin.position, message: "this transaction block is never ended",
            hint: "add COMMIT; at the end, or remove BEGIN: a migration runs in a transaction anyway.")
    }

    static func strayCommit(_ commit: SQLStatement, chain: Bool) -> ScriptProblem {
        ScriptProblem(
            position: commit.position,
            message: chain
                ? "COMMIT AND CHAIN would end our transaction"
                : "this COMMIT would end our transaction: no BEGIN of the file is open here",
            hint: "remove it: a migration and its history row are committed together, by the runner.")
    }

    static func rollback(_ rollback: SQLStatement) -> ScriptProblem {
        ScriptProblem(
            position: rollback.position,
            message: "this would undo the migration, while the history says that it is applied",
            hint: "remove it, or use SAVEPOINT and ROLLBACK TO SAVEPOINT.")
    }

    static func prepareTransaction(_ statement: SQLStatement) -> ScriptProblem {
        ScriptProblem(
            position: statement.position, message: "PREPARE TRANSACTION would take the migration out of our hands",
            hint: "remove it.")
    }

    static func outsideTransaction(
        _ statement: SQLStatement, _ name: String, insideBlockOf begin: SQLStatement
    ) -> ScriptProblem {
        ScriptProblem(
            position: statement.position, message: "\(name) cannot run inside a transaction block",
            hint: "end the block that begins on line \(begin.position.line) before it.")
    }
}
