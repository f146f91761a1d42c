// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    public func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        try await makeRoom(for: batch.migrations)
        try await finishCleaningUp()
        var applied: [AppliedMigration] = []
        do {
            for (index, migration) in batch.migrations.enumerated() {
                let script = try await batch.script(for: migration)
                let part = BatchPart(
                    migration: migration, isFirst: index == 0, isLast: index == batch.migrations.count - 1,
                    knownRows: knownRows + index)
                let duration = try await apply(part, script: script, observe: observe)
                applied.append(AppliedMigration(migration: migration, duration: duration))
                observe(.executed(applied[index]))
            }
        } catch {
            await connection.setNoticeHandler(nil)
            try? await rollBack()
            throw error
        }
        await connection.setNoticeHandler(nil)
        knownRows += applied.count
        return applied
    }

    /// Does what was left of cleaning up after the last script, if that was interrupted.
    private func finishCleaningUp() async throws {
        guard !isClean else { return }
        try await connection.query(SessionState.afterScript.joined(separator: "; "))
        isClean = true
    }

    /// One migration, and its place in the transaction of its batch.
    private struct BatchPart {
        let migration: Migration
        let isFirst: Bool
        let isLast: Bool
        let knownRows: Int

        var isAlone: Bool { isFirst && isLast }
    }

    private func apply(
        _ part: BatchPart, script: MigrationScript, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> Duration {
        let migration = part.migration
        observe(.started(migration))
        let start = ContinuousClock.now
        let analysis = try await analyse(script, of: migration)
        if let begin = analysis.ownBegin, !part.isAlone {
            throw ScriptProblem(
                position: begin.position, message: "a transaction mode cannot be set inside a transaction of several files",
                hint: "run without --single-transaction."
            ).error(path: migration.path, bytes: script.bytes)
        }
        await connection.setNoticeHandler { message in
            observe(
                .notice(
                    StoreNotice(
                        severity: message.severity, message: message.message, code: message.sqlState,
                        migration: migration.id)))
        }
        let messages = compose(part, analysis)
        for (index, message) in messages.enumerated() {
            let endsBatch = part.isLast && index == messages.count - 1
            try await send(message, of: migration, script: analysis, holdsCommit: endsBatch)
        }
        return ContinuousClock.now - start
    }

    /// Takes the script apart with the setting that the session really has, which a database or role can preset.
    private func analyse(_ script: MigrationScript, of migration: Migration) async throws -> ScriptAnalysis {
        let conforming = await connection.parameter("standard_conforming_strings") != "off"
        do {
            let analysis = try ScriptAnalysis(bytes: script.bytes, standardConformingStrings: conforming)
            try analysis.requireOneTransaction(migration.directives)
            return analysis
        } catch {
            throw error.error(path: migration.path, bytes: script.bytes)
        }
    }

    private func compose(_ part: BatchPart, _ analysis: ScriptAnalysis) -> [ScriptMessages.Message] {
        let migration = part.migration
        var messages = ScriptMessages()
        if part.isFirst {
            messages.append(.begin, analysis.ownBegin.map { String(decoding: analysis.text(of: $0), as: UTF8.self) } ?? "BEGIN")
            messages.append(.fence, table.fence)
        }
        if checksConnection { messages.append(.setting, Self.connectionCheck) }
        if let timeout = migration.directives.lockTimeout ?? options.lockTimeout {
            messages.append(.setting, "SET LOCAL lock_timeout = \(SQLLiteral.milliseconds(timeout))")
        }
        if let timeout = migration.directives.statementTimeout ?? options.statementTimeout {
            messages.append(.setting, "SET LOCAL statement_timeout = \(SQLLiteral.milliseconds(timeout))")
        }
        messages.append(analysis)
        messages.append(.deferredConstraints, "SET CONSTRAINTS ALL IMMEDIATE")
        SessionState.beforeHistory.forEach { messages.append(.sessionState, $0) }
        if analysis.statements.contains(where: \.kind.changesReading) {
            // The history row must be read by the server with the session's own settings.
            messages.endMessage()
        }
        messages.append(.history, table.insert(migration, knownRows: part.knownRows))
        if part.isLast { messages.append(.commit, "COMMIT") }
        SessionState.afterScript.forEach { messages.append(.cleanUp, $0) }
        messages.endMessage()
        return messages.messages
    }

    private func send(
        _ message: ScriptMessages.Message, of migration: Migration, script: ScriptAnalysis, holdsCommit: Bool
    ) async throws {
        var completed = 0
        var isCommitted = false
        let failure: ServerMessage?
        do {
            failure = try await connection.exchange(message.text) { result in
                guard case .completed = result else { return }
                if case .completed("COMMIT") = result { isCommitted = true }
                completed += 1
            }
        } catch let error as PostgresError where error.code == .connectionLost {
            if isCommitted { return }  // the next call finds the connection closed
            throw holdsCommit ? PostgresError(code: .outcomeUnknown, message: error.message) : error
        }
        guard let failure else { return }
        guard !isCommitted else {
            isClean = false
            return
        }
        throw ScriptFailure(
            migration: migration, script: script, message: message, completedParts: completed, server: failure,
            table: table
        ).error
    }
}
