// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// What became of the statements of a sequence: in an earlier run, or one that failed just now.
extension PostgresSession {
    /// What has to be done, as file and journal tell it.
    func sequenceSteps(
        of script: SequenceScript, _ progress: inout SequenceProgress
    ) async throws -> [SequenceResumption.Step] {
        let entries = try await journalEntries(of: script.migration)
        progress.take(entries)
        do {
            return try SequenceResumption(script: script, entries: entries).steps()
        } catch .finishedPartChanged(let number) {
            throw problem(
                script, at: number,
                "the file was edited after a part of it was done, and statement \(number) belongs to that part",
                hint: "bring the statements that are done back as they were; the others may change.")
        } catch .startedPartChanged(let number, let startedAt) {
            throw problem(
                script, at: number,
                "statement \(number) was started at \(startedAt), no run saw its end, and the file was edited since",
                hint: """
                    bring the statement back as it was; or, when nothing of it is in the database, let the file as it is \
                    now go on: strata resolve \(script.migration.id) --statement \(number) --redo.
                    """)
        }
    }

    /// Finds out what became of a unit that an earlier run started, and does the rest of it.
    func complete(
        _ unit: SequenceUnit, startedAt: String, note: String?, of script: SequenceScript,
        _ progress: inout SequenceProgress
    ) async throws {
        guard case .alone(let effect) = unit.kind else { return try await run(unit, of: script, &progress) }
        switch try await outcome(of: effect, before: note) {
        case .done: break
        case .notDone(let cleanUp):
            try await repair(unit, cleanUp, of: script)
            return try await run(unit, of: script, &progress)
        case .toBeFinished(let statements): try await repair(unit, statements, of: script)
        case .inProgress(let index, let process):
            throw indexInProgress(index, process: process, unit, startedAt: startedAt, of: script)
        case .unknown:
            progress.start(unit, answer: .person)
            throw unknownOutcome(unit, startedAt: startedAt, failure: effect == .unknown ? note : nil, of: script)
        }
        try await write(unit, .done, of: script)
        progress.finish(unit)
    }

    /// Removes what a statement left that failed before our eyes, so that its file may be corrected; returns the error.
    func settle(
        _ error: PostgresError, _ unit: SequenceUnit, _ effect: StatementEffect, before: StatementEffect.Note?,
        of script: SequenceScript, _ progress: inout SequenceProgress
    ) async -> PostgresError {
        if effect == .unknown, !error.isBeforeExecution {
            progress.start(unit, answer: .person)
            return await unknownAfter(error, unit, of: script)
        }
        var error = error
        do {
            if effect != .unknown {
                guard case .notDone(let cleanUp) = try await outcome(of: effect, before: before) else { return error }
                if !cleanUp.isEmpty { try await cleanUpSoon(cleanUp, unit, &error, of: script) }
            }
            try await write(unit, .redo, of: script)
            progress.withdraw()
        } catch {
            // The next run finds out what there is.
        }
        return error
    }

    /// A procedure or block failed that can have committed before: only a person can tell.
    private func unknownAfter(
        _ error: PostgresError, _ unit: SequenceUnit, of script: SequenceScript
    ) async -> PostgresError {
        var error = error
        if let headline = error.serverMessage?.headline {
            try? await annotate(unit, note: headline, of: script)
        }
        error.message += """

            hint: what it had committed before it failed stays. When that is repaired or does no harm, say how to go on: \
            strata resolve \(script.migration.id) --statement \(unit.firstNumber) --redo, or --done to leave it at that.
            """
        return error
    }

    private func outcome(of effect: StatementEffect, before: StatementEffect.Note?) async throws -> StatementOutcome {
        guard let query = effect.outcomeQuery(before: before) else { return effect.outcome(before: before, rows: []) }
        return effect.outcome(before: before, rows: try await connection.query(query))
    }

    /// Removes what a failed statement left, if nobody has to be waited for: what it waited for itself can still be there.
    private func cleanUpSoon(
        _ statements: [String], _ unit: SequenceUnit, _ error: inout PostgresError, of script: SequenceScript
    ) async throws {
        let list = statements.joined(separator: "; ")
        do {
            try await connection.query("SET lock_timeout = '2s'")
            try await repair(unit, statements, of: script)
            error.message += "\nWhat the statement left was removed: \(list)"
        } catch let problem {
            error.message += "\nWhat the statement left is removed by the next run: \(list)"
            throw problem
        }
    }

    /// Executes statements of ours that bring to an end what a statement of the script left half done.
    private func repair(_ unit: SequenceUnit, _ statements: [String], of script: SequenceScript) async throws {
        for statement in statements {
            let failure = try await connection.exchange(Array(statement.utf8)) { _ in }
            guard let failure else { continue }
            var error = problem(
                script, at: unit.firstNumber,
                "what an earlier attempt left could not be put in order with \(statement): \(failure.headline)",
                hint: "remove the cause and run again, or execute it yourself.", code: .statementFailed)
            error.serverMessage = failure
            throw error
        }
    }

    private func unknownOutcome(
        _ unit: SequenceUnit, startedAt: String, failure: String?, of script: SequenceScript
    ) -> PostgresError {
        let number = unit.firstNumber
        let end = failure.map { "failed: \($0). What it had committed before stays" } ?? "no run saw it succeed"
        return problem(
            script, at: number,
            """
            whether this statement (\(number) of \(script.entries.count)) was done is not known: it was \
            started at \(startedAt), and \(end)
            """,
            hint: """
                check in the database what it was to do. Then say so: strata resolve \(script.migration.id) \
                --statement \(number) --done, or --redo to execute it again.
                """)
    }

    func problem(
        _ script: SequenceScript, at number: Int, _ message: String, hint: String,
        code: PostgresError.Code = .invalidScript
    ) -> PostgresError {
        let entries = script.entries
        let position = entries.isEmpty ? nil : entries[min(number, entries.count) - 1].statement.position
        return ScriptProblem(
            position: position ?? .start, message: message, hint: hint
        ).error(path: script.migration.path, script: script.prepared.script, code: code)
    }
}

extension PostgresError {
    /// Whether the server refused a statement for what it says, before it executed anything of it.
    fileprivate var isBeforeExecution: Bool {
        // Class 42: syntax error or access rule violation. What happens inside a function or block has a context.
        serverMessage?.context == nil && serverMessage?.sqlState?.hasPrefix("42") == true
    }
}
