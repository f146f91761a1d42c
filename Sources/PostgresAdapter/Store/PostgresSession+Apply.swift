// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    public func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        try await makeRoom(for: batch.migrations)
        try await finishCleaningUp()
        do {
            let applied = try await applyAll(batch, observe: observe)
            await connection.setNoticeHandler(nil)
            knownRows += applied.count
            return applied
        } catch {
            await connection.setNoticeHandler(nil)
            try? await rollBack()
            throw error
        }
    }

    private func applyAll(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        if batch.migrations.count > 1 {
            // Before the first one is executed; later each is read again, so that one at a time is in memory.
            for migration in batch.migrations {
                let isIncomplete = incomplete.contains(migration.id)
                _ = try await prepare(migration, of: batch).begin(alone: false, isIncomplete: isIncomplete)
            }
        }
        var applied: [AppliedMigration] = []
        for (index, migration) in batch.migrations.enumerated() {
            observe(.started(migration))
            let start = ContinuousClock.now
            let script = try await prepare(migration, of: batch)
            await tellNotices(of: migration, observe: observe)
            // A file that was corrected may look as if it could run in one transaction, but a part of it is done.
            if batch.migrations.count == 1, script.isSequence || incomplete.contains(migration.id) {
                try await applySequence(script)
            } else {
                try await applyInTransaction(
                    script, isFirst: index == 0, isLast: index == batch.migrations.count - 1)
            }
            applied.append(AppliedMigration(migration: migration, duration: ContinuousClock.now - start))
            observe(.executed(applied[index]))
        }
        return applied
    }

    /// Does what was left of cleaning up after the last script, if that was interrupted.
    private func finishCleaningUp() async throws {
        guard !isClean else { return }
        try await connection.query((SessionState.beforeHistory + SessionState.afterScript).joined(separator: "; "))
        isClean = true
    }

    /// Reads a script and takes it apart with the setting that the session really has, which a database or role can preset.
    private func prepare(_ migration: Migration, of batch: MigrationBatch) async throws -> PreparedScript {
        let script = try await batch.script(for: migration)
        let conforming = await connection.parameter("standard_conforming_strings") != "off"
        return try PreparedScript(migration, script, standardConformingStrings: conforming)
    }

    private func tellNotices(of migration: Migration, observe: @escaping @Sendable (StoreEvent) -> Void) async {
        await connection.setNoticeHandler { message in
            observe(
                .notice(
                    StoreNotice(
                        severity: message.severity, message: message.message, code: message.sqlState,
                        migration: migration.id)))
        }
    }

    private func applyInTransaction(_ script: PreparedScript, isFirst: Bool, isLast: Bool) async throws {
        let ownBegin = try script.begin(alone: isFirst && isLast)
        var messages = ScriptMessages()
        let settings = settings(for: script.migration, scope: "LOCAL")
        if isFirst {
            messages.appendTransaction(
                script.analysis, script.analysis.statements.indices, begin: ownBegin, fence: table.fence,
                settings: settings)
        } else {
            settings.forEach { messages.append(.setting, $0) }
            messages.append(script.analysis)
        }
        let mayDefer = !script.analysis.holdsOnlyDefinitions
        if mayDefer { messages.append(.deferredConstraints, "SET CONSTRAINTS ALL IMMEDIATE") }
        SessionState.beforeHistory.forEach { messages.append(.sessionState, $0) }
        if script.analysis.statements.contains(where: \.kind.changesReading) {
            // The history row must be read by the server with the session's own settings.
            messages.endMessage()
        }
        let earlier = isFirst ? 0 : batchRows
        let expectedRows = script.analysis.canRemoveRows(of: table) ? knownRows + earlier : nil
        messages.append(.history, table.insert(script.migration, knownRows: expectedRows))
        if isLast { messages.append(.commit, "COMMIT") }
        SessionState.afterScript.forEach { messages.append(.cleanUp, $0) }
        // The next script's constraints wait for its end again. There is no way back to what each was declared as; those that
        // are declared to wait are the ones whose scripts count on it.
        if !isLast && mayDefer { messages.append(.cleanUp, "SET CONSTRAINTS ALL DEFERRED") }
        messages.endMessage()
        try await send(messages, of: script, endsWithCommit: isLast)
        batchRows = isLast ? 0 : earlier + 1
    }

    /// Settings of ours that a script runs with.
    func settings(for migration: Migration, scope: String) -> [String] {
        var settings: [String] = []
        if checksConnection { settings.append(Self.connectionCheck) }
        if let timeout = migration.directives.lockTimeout ?? options.lockTimeout {
            settings.append("SET \(scope) lock_timeout = \(SQLLiteral.milliseconds(timeout))")
        }
        if let timeout = migration.directives.statementTimeout ?? options.statementTimeout {
            settings.append("SET \(scope) statement_timeout = \(SQLLiteral.milliseconds(timeout))")
        }
        return settings
    }

    /// Sends messages one after the other, each when the one before succeeded.
    func send(_ messages: ScriptMessages, of script: PreparedScript, endsWithCommit: Bool) async throws {
        for (index, message) in messages.messages.enumerated() {
            let holdsCommit = endsWithCommit && index == messages.messages.count - 1
            try await send(message, of: script, holdsCommit: holdsCommit)
        }
    }

    private func send(
        _ message: ScriptMessages.Message, of script: PreparedScript, holdsCommit: Bool
    ) async throws {
        var completed = 0
        var isCommitted = false
        let failure: ServerMessage?
        do {
            failure = try await connection.exchange(message.text, copyData: message.copyData) { result in
                guard case .completed = result else { return }
                if case .completed("COMMIT") = result { isCommitted = true }
                completed += 1
            }
        } catch let error as PostgresError where error.code == .connectionLost {
            if isCommitted { return }  // the next call finds the connection closed
            // The server's results come in order: an error of its own in place of COMMIT's answer means that it is undone.
            let isUnknown = holdsCommit && error.serverMessage == nil
            throw isUnknown ? PostgresError(code: .outcomeUnknown, message: error.message) : error
        }
        guard let failure else { return }
        guard !isCommitted else {
            isClean = false
            return
        }
        throw ScriptFailure(
            migration: script.migration, script: script.analysis, message: message, completedParts: completed,
            server: failure, table: table
        ).error
    }
}
