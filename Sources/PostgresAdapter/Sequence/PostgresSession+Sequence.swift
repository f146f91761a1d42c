// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    /// Executes a script that cannot run in one transaction, step by step, from where an earlier run stopped.
    ///
    /// Each step is in the journal: a group of statements with its entry in one transaction; a statement outside of any with
    /// one entry before it and one after. So whatever happens, the journal and the catalog tell what is done.
    func applySequence(_ script: PreparedScript) async throws {
        let units = script.analysis.sequenceUnits
        var done = 0
        do {
            let decisions = try await decide(script, units)
            for (unit, decision) in zip(units, decisions) where decision == .skip && unit.statements.lowerBound == done
            {
                done = unit.statements.upperBound
            }
            try await query(settings(for: script.migration, scope: "SESSION"))
            for (unit, decision) in zip(units, decisions) {
                try await execute(unit, decision, of: script)
                done = max(done, unit.statements.upperBound)
            }
            try await finish(script)
        } catch {
            try? await rollBack()
            try? await query(SessionState.beforeHistory + SessionState.afterScript)
            throw withProgress(error, done: done, of: script)
        }
    }

    private var journal: JournalTable { JournalTable(history: table) }

    private func decide(_ script: PreparedScript, _ units: [SequenceUnit]) async throws -> [SequenceResumption.Decision]
    {
        let exists = try await journalExists()
        if !exists { try await connection.query(journal.create) }
        let rows = exists ? try await connection.query(journal.select(script.migration.id)) : []
        do {
            return try SequenceResumption(units: units, entries: rows.compactMap(JournalTable.Entry.init)).decisions()
        } catch SequenceResumption.Problem.finishedPartChanged(let number) {
            let statements = script.analysis.statements
            let position = statements.indices.contains(number - 1) ? statements[number - 1].position : nil
            throw ScriptProblem(
                position: position ?? SourcePosition(offset: 0, line: 1, column: 1),
                message:
                    "the file was edited after a part of it was done, and statement \(number) belongs to that part",
                hint: "bring the statements that are done back as they were; the others may change."
            ).error(path: script.migration.path, bytes: script.analysis.bytes)
        }
    }

    func journalExists() async throws -> Bool {
        let name = SQLLiteral.string(journal.table.sql)
        return try await connection.query("SELECT to_regclass(\(name))").first?.first.flatMap { $0 } != nil
    }

    private func execute(
        _ unit: SequenceUnit, _ decision: SequenceResumption.Decision, of script: PreparedScript
    ) async throws {
        switch decision {
        case .skip:
            // Settings lived in the session that is gone.
            var messages = ScriptMessages()
            let settings = script.analysis.sessionSettings(of: unit)
            for index in unit.statements where settings.contains(script.analysis.statements[index]) {
                messages.append(script.analysis, index..<index + 1)
            }
            messages.endMessage()
            try await send(messages, of: script, endsWithCommit: false)
        case .run: try await run(unit, of: script)
        case .find(let startedAt, let note):
            try await complete(unit, startedAt: startedAt, note: note, of: script)
        }
    }

    private func run(_ unit: SequenceUnit, of script: PreparedScript) async throws {
        switch unit.kind {
        case .transaction(let begin):
            var messages = ScriptMessages()
            messages.appendTransaction(script.analysis, unit.statements, begin: begin, fence: table.fence)
            messages.append(.deferredConstraints, "SET CONSTRAINTS ALL IMMEDIATE")
            Self.asOurselves.forEach { messages.append(.sessionState, $0) }
            messages.append(.journal, entry(unit, .done, of: script))
            messages.append(.commit, "COMMIT")
            messages.endMessage()
            try await send(messages, of: script, endsWithCommit: true)
        case .alone(let effect):
            try await write(unit, .started, note: effect.noteExpression, of: script)
            try await runAlone(unit, effect, of: script)
            try await requireValidIndex(unit, effect, of: script)
            try await write(unit, .done, of: script)
        }
    }

    private func runAlone(_ unit: SequenceUnit, _ effect: StatementEffect, of script: PreparedScript) async throws {
        if effect == .resetsSession {
            try await query(SessionState.beforeHistory + SessionState.afterScript)
            return
        }
        var messages = ScriptMessages()
        messages.append(script.analysis, unit.statements)
        messages.endMessage()
        try await send(messages, of: script, endsWithCommit: false)
    }

    /// The user and role that we connected as, for the rest of a transaction; the script's own come back after it.
    private static let asOurselves = ["SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE NONE"]

    private func entry(
        _ unit: SequenceUnit, _ state: JournalTable.State, note: String = "NULL", of script: PreparedScript
    ) -> String {
        journal.write(
            unit, of: script.migration.id, total: script.analysis.statements.count, state: state, note: note)
    }

    private func write(
        _ unit: SequenceUnit, _ state: JournalTable.State, note: String = "NULL", of script: PreparedScript
    ) async throws {
        let entry = entry(unit, state, note: note, of: script)
        // The note looks names up as the script's statements do, so it is taken before the role changes back.
        try await query(["BEGIN", table.fence] + Self.asOurselves + [entry, "COMMIT"])
    }

    /// The history row, and the end of the journal's entries.
    private func finish(_ script: PreparedScript) async throws {
        try await query(SessionState.beforeHistory)
        var messages = ScriptMessages()
        messages.append(.begin, "BEGIN")
        messages.append(.fence, table.fence)
        messages.append(.history, table.insert(script.migration, knownRows: knownRows))
        messages.append(.journal, journal.remove(script.migration.id))
        messages.append(.commit, "COMMIT")
        SessionState.afterScript.forEach { messages.append(.cleanUp, $0) }
        messages.endMessage()
        try await send(messages, of: script, endsWithCommit: true)
    }

    private func query(_ statements: [String]) async throws {
        guard !statements.isEmpty else { return }
        try await connection.query(statements.joined(separator: ";\n"))
    }

    // MARK: - What an earlier run left

    private func complete(
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

    private func unknownOutcome(
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
    private func requireValidIndex(_ unit: SequenceUnit, _ effect: StatementEffect, of script: PreparedScript)
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

    /// Adds what is done to an error.
    private func withProgress(_ error: any Error, done: Int, of script: PreparedScript) -> any Error {
        guard var error = error as? PostgresError, done > 0 else { return error }
        let total = script.analysis.statements.count
        let what =
            done == 1
            ? "Statement 1 of \(total) of \(script.migration.path) is"
            : "Statements 1 to \(done) of \(total) of \(script.migration.path) are"
        error.partialProgress =
            done < total
            ? "\(what) done; the next run goes on with statement \(done + 1)."
            : "\(what) done, but not yet in the history; the next run records them."
        return error
    }
}
