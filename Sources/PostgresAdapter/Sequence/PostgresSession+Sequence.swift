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
            let entries = try await journalEntries(of: script.migration)
            for entry in entries where entry.state == .done && entry.firstNumber == done + 1 { done = entry.lastNumber }
            let decisions = try decide(script, units, entries)
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

    var journal: JournalTable { JournalTable(history: table) }

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

    func run(_ unit: SequenceUnit, of script: PreparedScript) async throws {
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
            do {
                try await runAlone(unit, effect, of: script)
                try await requireValidIndex(unit, effect, of: script)
            } catch let error as PostgresError where error.code == .statementFailed {
                // If this fails too, the next run finds out what there is.
                try? await withdraw(unit, effect, of: script)
                throw error
            }
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

    func write(
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
