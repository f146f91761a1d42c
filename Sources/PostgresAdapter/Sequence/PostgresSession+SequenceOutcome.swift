// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// What became of the statements of a sequence: in an earlier run, or one that failed just now.
extension PostgresSession {
    /// What the journal, which is made if it is not there, knows of a migration.
    func journalEntries(of migration: Migration) async throws -> [JournalTable.Entry] {
        guard try await journalExists() else {
            let failure = try await connection.exchange(Array(journal.create.utf8)) { _ in }
            if let failure { throw explain(failure) }
            return []
        }
        return try await connection.query(journal.select(migration.id)).compactMap(JournalTable.Entry.init)
    }

    func decide(
        _ script: PreparedScript, _ units: [SequenceUnit], _ entries: [JournalTable.Entry]
    ) throws -> [SequenceResumption.Decision] {
        let number: Int
        let (message, hint): (String, String)
        do {
            return try SequenceResumption(units: units, entries: entries).decisions()
        } catch .finishedPartChanged(let statement) {
            number = statement
            message = "the file was edited after a part of it was done, and statement \(number) belongs to that part"
            hint = "bring the statements that are done back as they were; the others may change."
        } catch .startedPartChanged(let statement, let startedAt) {
            number = statement
            message = """
                statement \(number) was started at \(startedAt), no run saw its end, and the file was edited since
                """
            hint = """
                bring the statement back as it was; or, when nothing of it is in the database, let the file as it is now \
                go on: strata resolve \(script.migration.id) --statement \(number) --redo.
                """
        }
        let statements = script.analysis.statements
        let position = statements.indices.contains(number - 1) ? statements[number - 1].position : nil
        throw ScriptProblem(
            position: position ?? SourcePosition(offset: 0, line: 1, column: 1), message: message, hint: hint
        ).error(path: script.migration.path, bytes: script.analysis.bytes)
    }

    func journalExists() async throws -> Bool {
        let name = SQLLiteral.string(journal.table.sql)
        return try await connection.query("SELECT to_regclass(\(name))").first?.first.flatMap { $0 } != nil
    }

    func complete(
        _ unit: SequenceUnit, startedAt: String, note: String?, of script: PreparedScript
    ) async throws {
        guard case .alone(let effect) = unit.kind else { return try await run(unit, of: script) }
        let rows: [[String?]] =
            if let query = effect.outcomeQuery(before: note) { try await connection.query(query) } else { [] }
        switch effect.outcome(rows: rows) {
        case .done: try await write(unit, .done, of: script)
        case .notDone(let cleanUp):
            for statement in cleanUp { try await connection.query(statement) }
            try await run(unit, of: script)
        case .toBeFinished(let statements):
            for statement in statements { try await connection.query(statement) }
            try await write(unit, .done, of: script)
        case .unknown: throw unknownOutcome(unit, startedAt: startedAt, of: script)
        }
    }

    func unknownOutcome(
        _ unit: SequenceUnit, startedAt: String, of script: PreparedScript
    ) -> PostgresError {
        let number = unit.firstNumber
        let total = script.analysis.statements.count
        return ScriptProblem(
            position: script.analysis.statements[unit.statements.lowerBound].position,
            message: """
                whether this statement (\(number) of \(total)) was done is not known: it was started at \(startedAt), \
                and no run saw it succeed
                """,
            hint: """
                check in the database what it was to do. Then say so: strata resolve \(script.migration.id) \
                --statement \(number) --done, or --redo to execute it again.
                """
        ).error(path: script.migration.path, bytes: script.analysis.bytes)
    }

    /// An index that was built concurrently can be there and invalid, also after a success with `IF NOT EXISTS`.
    func requireValidIndex(_ unit: SequenceUnit, _ effect: StatementEffect, of script: PreparedScript)
        async throws
    {
        guard case .createsIndex(let name, let table) = effect else { return }
        let query = StatementEffect.indexes(of: table, named: name, except: "")
        let invalid = try await connection.query(query).filter { $0.last != "t" }.compactMap { $0.first ?? nil }
        guard let index = invalid.first else { return }
        throw ScriptProblem(
            position: script.analysis.statements[unit.statements.lowerBound].position,
            message: "the index \(index) is there but invalid: an earlier attempt to build it failed",
            hint: "remove it, then run again: DROP INDEX CONCURRENTLY \(index);"
        ).error(path: script.migration.path, bytes: script.analysis.bytes, code: .statementFailed)
    }

    /// Removes what a statement left that failed before our eyes, and lets the file be corrected.
    func withdraw(_ unit: SequenceUnit, _ effect: StatementEffect, of script: PreparedScript) async throws {
        let entry = try await journalEntries(of: script.migration).first { $0.firstNumber == unit.firstNumber }
        guard let entry else { return }
        let query = effect.outcomeQuery(before: entry.note)
        let rows: [[String?]] = if let query { try await connection.query(query) } else { [] }
        switch effect.outcome(rows: rows) {
        case .notDone(let cleanUp):
            for statement in cleanUp { try await connection.query(statement) }
        case .done: break  // it was like that before: the server said that the statement failed
        case .toBeFinished, .unknown: return
        }
        try await write(unit, .redo, of: script)
    }
}
