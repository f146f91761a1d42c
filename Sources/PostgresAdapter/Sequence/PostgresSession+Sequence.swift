// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    /// Executes a script that cannot run in one transaction, step by step, from where an earlier run stopped.
    ///
    /// Each step is in the journal: a group of statements with its entry in one transaction; a statement outside of any with
    /// one entry before it and one after. So whatever happens, the journal and the catalog tell what is done.
    func applySequence(_ script: SequenceScript) async throws {
        var progress = SequenceProgress(path: script.migration.path, total: script.entries.count)
        do {
            let steps = try await sequenceSteps(of: script, &progress)
            try await query(sequenceSettings(for: script.migration))
            for step in steps { try await execute(step, of: script, &progress) }
            try await finish(script)
        } catch {
            try? await rollBack()
            await cleanUpAfterFailure()
            throw progress.added(to: error)
        }
    }

    private func execute(
        _ step: SequenceResumption.Step, of script: SequenceScript, _ progress: inout SequenceProgress
    ) async throws {
        switch step.decision {
        case .skip: try await repeatSettings(of: step.unit, script)
        case .run: try await run(step.unit, of: script, &progress)
        case .find(let startedAt, let note):
            try await complete(step.unit, startedAt: startedAt, note: note, of: script, &progress)
        }
    }

    func run(_ unit: SequenceUnit, of script: SequenceScript, _ progress: inout SequenceProgress) async throws {
        switch unit.kind {
        case .transaction(let begin):
            let migration = script.migration
            try await givingWay(migration, retry: { observer?(.started(migration)) }) {
                try await runTogether(unit, begin: begin, of: script)
            }
        case .alone(let effect):
            let note = try await note(for: effect)
            try await write(unit, .started, note: note, of: script)
            progress.start(unit)
            do {
                try await runAlone(unit, effect, of: script)
                try await requireValidIndex(unit, effect, before: note, of: script)
            } catch let error as PostgresError where error.code == .statementFailed {
                throw await settle(error, unit, effect, before: note, of: script, &progress)
            }
            try await write(unit, .done, of: script)
        }
        progress.finish(unit)
    }

    private func runTogether(_ unit: SequenceUnit, begin: ScriptReader.Block?, of script: SequenceScript) async throws {
        let limits = limits(of: script.migration)
        var messages = ScriptMessages(limits: limits)
        let feed = TransactionFeed(script.feed(unit.statements))
        try await beginTransaction(
            &messages, begin, feed: feed, of: script.prepared, settings: limits.settings(scope: "LOCAL"))
        try await send(feed, &messages, of: script.prepared)
        messages.append(.deferredConstraints, "SET CONSTRAINTS ALL IMMEDIATE")
        try await appendEntry(to: &messages, unit, .done, note: unit.marks.joined(separator: " "), of: script)
        try await send(&messages, of: script.prepared, holdsCommit: true)
    }

    private func runAlone(_ unit: SequenceUnit, _ effect: StatementEffect, of script: SequenceScript) async throws {
        if effect == .resetsSession { return try await resetSession(for: script) }
        if effect == .rewrites { return try await runGivingWay(unit, of: script) }
        // Its template, which can be this database, may have no other session.
        if case .createsDatabase = effect { await stopWatching() }
        try await sendAlone(unit, of: script)
    }

    func sendAlone(_ unit: SequenceUnit, of script: SequenceScript) async throws {
        var messages = ScriptMessages()
        try await send(script.feed(unit.statements), &messages, of: script.prepared)
        try await send(&messages, of: script.prepared)
    }

    /// What `DISCARD ALL` does, but for the run's lock and settings of ours.
    private func resetSession(for script: SequenceScript) async throws {
        let settings = sequenceSettings(for: script.migration)
        try await query(stateReset + SessionState.afterScript + settings)
    }

    /// Settings lived in the session that is gone.
    private func repeatSettings(of unit: SequenceUnit, _ script: SequenceScript) async throws {
        if case .alone(.resetsSession) = unit.kind { return try await resetSession(for: script) }
        var messages = ScriptMessages()
        try await send(script.feed(script.sessionSettings(of: unit)), &messages, of: script.prepared)
        try await send(&messages, of: script.prepared)
    }

    /// The history row, and the end of the journal's entries.
    private func finish(_ script: SequenceScript) async throws {
        try await query(stateReset)
        var messages = ScriptMessages()
        messages.append(.begin, "BEGIN")
        messages.append(.fence, fence)
        messages.append(.history, table.insert(script.migration, knownRows: knownRows))
        messages.append(.journal, journal.remove(script.migration.id))
        messages.append(.commit, "COMMIT")
        SessionState.afterScript.forEach { messages.append(.cleanUp, $0) }
        try await send(&messages, of: script.prepared, holdsCommit: true)
    }

    /// Brings the session back to its initial state, also when the run was cancelled.
    private func cleanUpAfterFailure() async {
        guard await connection.isConnected else { return }
        let reset = (stateReset + SessionState.afterScript).joined(separator: ";\n")
        let failure = try? await connection.exchange(Array(reset.utf8), isCancellable: false) { _ in }
        isClean = failure == .some(nil)
    }

    private func query(_ statements: [String]) async throws {
        guard !statements.isEmpty else { return }
        try await connection.query(statements.joined(separator: ";\n"))
    }
}
