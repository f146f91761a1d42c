// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    public func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        try await makeRoom(for: batch.migrations)
        try await finishCleaningUp()
        observer = observe
        defer { observer = nil }
        do {
            let applied =
                if batch.migrations.count > 1, let first = batch.migrations.first {
                    try await givingWay(first) { try await applyAll(batch, observe: observe) }
                } else {
                    try await applyAll(batch, observe: observe)
                }
            await connection.setNoticeHandler(nil)
            await stopWatching()
            knownRows += applied.count
            return applied
        } catch {
            await connection.setNoticeHandler(nil)
            await stopWatching()
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
            var script = try await prepare(migration, of: batch)
            if batch.migrations.count == 1 { try await findCalls(in: &script) }
            await tellNotices(of: migration, observe: observe)
            await watchStatements(of: migration, observe: observe)
            do {
                let alone = batch.migrations.count == 1
                try await apply(
                    script, isFirst: index == 0, isLast: index == batch.migrations.count - 1,
                    retry: alone ? { observe(.started(migration)) } : nil)
            } catch var error as PostgresError where error.code == .outcomeUnknown {
                error.elapsed = ContinuousClock.now - start
                throw error
            }
            applied.append(AppliedMigration(migration: migration, duration: ContinuousClock.now - start))
            observe(.executed(applied[index]))
        }
        return applied
    }

    /// - Parameter retry: Called before it is executed again; `nil` when it shares its transaction with others.
    private func apply(
        _ script: PreparedScript, isFirst: Bool, isLast: Bool, retry: (() -> Void)?
    ) async throws {
        guard let retry else { return try await applyInTransaction(script, isFirst: isFirst, isLast: isLast) }
        // A file that was corrected may look as if it could run in one transaction, but a part of it is done.
        if script.isSequence || incomplete.contains(script.migration.id) {
            return try await applySequence(SequenceScript(script))
        }
        try await givingWay(script.migration, retry: retry) {
            try await applyInTransaction(script, isFirst: true, isLast: true)
        }
    }

    /// Does what was left of cleaning up after the last script, if that was interrupted.
    private func finishCleaningUp() async throws {
        guard !isClean else { return }
        try await connection.query((stateReset + SessionState.afterScript).joined(separator: "; "))
        isClean = true
    }

    /// Looks through a script with the setting that the session really has, which a database or role can preset.
    private func prepare(_ migration: Migration, of batch: MigrationBatch) async throws -> PreparedScript {
        let script = try await batch.unverifiedScript(for: migration)
        let conforming = await connection.parameter("standard_conforming_strings") != "off"
        return try analyses.prepare(migration, script, standardConformingStrings: conforming)
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
        let reader = script.reader()
        let feed = TransactionFeed(reader)
        var traits = ScriptTraits(history: table)
        let limits = limits(of: script.migration)
        var messages = ScriptMessages(limits: limits)
        let settings = limits.settings(scope: "LOCAL")
        if isFirst {
            let begin = try script.begin(alone: isLast)
            try await beginTransaction(&messages, begin, feed: feed, of: script, settings: settings)
        } else {
            settings.forEach { messages.append(.setting, $0) }
        }
        try await send(feed, &messages, of: script) { traits.take($0, $1) }
        try script.requireUnchanged(reader)
        let mayDefer = !traits.holdsOnlyDefinitions
        if mayDefer { messages.append(.deferredConstraints, "SET CONSTRAINTS ALL IMMEDIATE") }
        stateReset.forEach { messages.append(.sessionState, $0) }
        if mayDefer { messages.append(.keepLock, table.keepLock) }
        // The history row must be read by the server with the session's own settings.
        if traits.changesReading { try await send(&messages, of: script) }
        let earlier = isFirst ? 0 : batchRows
        let expectedRows = traits.canRemoveHistory ? knownRows + earlier : nil
        messages.append(.history, table.insert(script.migration, knownRows: expectedRows))
        if isLast { messages.append(.commit, "COMMIT") }
        SessionState.afterScript.forEach { messages.append(.cleanUp, $0) }
        // The next script's constraints wait for its end again. There is no way back to what each was declared as; those that
        // are declared to wait are the ones whose scripts count on it.
        if !isLast && mayDefer { messages.append(.cleanUp, "SET CONSTRAINTS ALL DEFERRED") }
        try await send(&messages, of: script, holdsCommit: isLast)
        batchRows = isLast ? 0 : earlier + 1
    }

    /// Settings of ours that hold for a whole sequence; its transactions have more.
    ///
    /// Most statements outside of transactions can wait for others for long without holding anything up, and not every one can
    /// be tried again: only the file itself limits how long they wait for locks.
    func sequenceSettings(for migration: Migration) -> [String] {
        var limits = limits(of: migration)
        limits.lockTimeout = migration.directives.lockTimeout
        return limits.settings(scope: "SESSION")
    }
}
