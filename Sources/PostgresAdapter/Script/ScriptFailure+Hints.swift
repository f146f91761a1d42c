// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// What the server's error means here, and what to do about it.
extension ScriptFailure {
    /// What to do when a statement of the script failed, where we know more than the server.
    func hint(for statement: ScriptStatement, _ text: ArraySlice<UInt8>) -> String? {
        let firstWord = StatementTokens.firstWord(of: text) ?? ""
        return switch server.sqlState {
        case SQLState.lockNotAvailable:
            """
            another session kept what this statement has to lock. Run again when it is done, or wait longer: \
            --lock-timeout, or the directive lock-timeout in the file.
            """
        case SQLState.queryCanceled where server.message.contains("statement timeout"):
            "let it run longer: --statement-timeout, or the directive statement-timeout in the file."
        case SQLState.invalidTransactionTermination where script.isSequence && statement.block == nil:
            """
            a function, a procedure with SECURITY DEFINER or SET, and a block with EXCEPTION cannot end transactions, nor \
            what they call.
            """
        case SQLState.invalidTransactionTermination where ["call", "do"].contains(firstWord):
            hintOutside(statement, "what commits has to run outside of a transaction")
        case SQLState.activeTransaction where !["set", "select", "begin", "start"].contains(firstWord):
            hintOutside(statement, "it has to run outside of a transaction")
        case SQLState.activeTransaction where server.message.contains("replication slot"):
            "create it in a file of its own, or before the first statement that writes."
        case SQLState.unsafeNewEnumValue: enumHint(statement)
        default: server.advice
        }
    }

    private static let directive = "put the line \"-- strata: no-transaction\" before the first statement of the file"

    /// The line of the `BEGIN` of the file's own block that a statement stands in.
    private func lineOfBlock(_ statement: ScriptStatement) -> Int? {
        statement.block.map { script.analysis.blocks[$0].begin.position.line }
    }

    private func hintOutside(_ statement: ScriptStatement, _ reason: String) -> String? {
        switch (lineOfBlock(statement), script.isSequence) {
        case (nil, false): "\(reason): \(Self.directive)."
        case (let line?, false):
            "\(reason): end the block that begins on line \(line) before it, and \(Self.directive)."
        case (let line?, true): "\(reason): end the block that begins on line \(line) before it."
        case (nil, true): nil
        }
    }

    private func enumHint(_ statement: ScriptStatement) -> String {
        let reason = "a new enum value can be used only after a commit"
        guard script.analysis.addsEnumValue else {
            return "\(reason): add it in a file of its own, and run without --single-transaction."
        }
        if let line = lineOfBlock(statement) {
            return """
                \(reason): end the block that begins on line \(line) behind the statement that adds it, and begin another one.
                """
        }
        return script.isSequence
            ? "\(reason): add it in a file of its own, before this one." : "\(reason): \(Self.directive)."
    }

    /// What a statement of ours was for, and what to do when it failed.
    func explain(_ step: ScriptMessages.Step) -> (String?, String?) {
        switch (step, server.sqlState) {
        case (.fence, SQLState.divisionByZero):
            (
                "this run does not hold its lock any more, so nothing was executed",
                "start the run again. If it happens again, look for pg_advisory_unlock_all() or pg_advisory_unlock() in the scripts."
            )
        case (.deferredConstraints, _):
            ("a constraint that is checked at the end of the script is violated", nil)
        case (.history, SQLState.undefinedTable):
            (
                "the script removed the history table \(table)",
                "remove that statement: the history must outlive every migration."
            )
        case (.history, SQLState.divisionByZero):
            (
                "the script removed rows from the history table \(table)",
                "remove that statement: what is applied stays in the history."
            )
        case (.history, SQLState.uniqueViolation):
            (
                "\(script.migration.id) is in the history table \(table) already",
                "if the script itself writes to \(table), remove that statement; otherwise another tool recorded it just now: run strata status."
            )
        case (.history, SQLState.readOnlyTransaction):
            (
                "the transaction is read-only, so the history row cannot be written to \(table)",
                """
                where the script says READ ONLY, remove that: a migration and its history row are one transaction. Otherwise the \
                server became read-only: connect to the primary.
                """
            )
        case (.journal, SQLState.undefinedTable):
            (
                "the script removed the history table \(table), or the journal beside it",
                "remove that statement: both must outlive every migration."
            )
        case (.journal, SQLState.divisionByZero):
            (
                "the script removed rows from the history table \(table)",
                "remove that statement: what is applied stays in the history."
            )
        case (.journal, SQLState.readOnlyTransaction):
            (
                "a transaction of the script is read-only, so how far the script got cannot be written",
                "remove READ ONLY: every transaction of such a file is noted in \(JournalTable(history: table).table)."
            )
        case (.journal, SQLState.insufficientPrivilege):
            (
                "this role may not write how far the script got",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON \(JournalTable(history: table).table.sql) to it."
            )
        case (.journal, _):
            ("how far the script got could not be written to \(JournalTable(history: table).table)", server.advice)
        case (.history, _): ("the history row could not be written to \(table)", server.advice)
        case (.commit, _): ("the transaction could not be committed", server.advice)
        default: (nil, server.advice)
        }
    }
}
