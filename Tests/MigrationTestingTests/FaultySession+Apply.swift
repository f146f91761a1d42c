// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting

extension FaultySession {
    func applyWithFault(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        switch fault {
        case .noLock, .historyIsWrittenFirst, .effectsAreNotUndone, .batchesAreNotAtomic, .scriptsAreNotExecuted,
            .appliedIsNotRecorded, .appliesTwice, .changedScriptsRun, .cancelledScriptsCommit, .cancelledTasksApply:
            return try await applyByHand(batch, observe: observe)
        case .batchesRunBackwards:
            let backwards = MigrationBatch(batch.migrations.reversed(), from: ScriptsOf(batch: batch))
            return try await base.apply(backwards, observe: observe).reversed()
        case .changedScriptsFailWithoutSaying:
            do {
                return try await base.apply(batch, observe: observe)
            } catch is ScriptChangedError {
                throw PlainError()
            }
        case .returnsNothing:
            _ = try await base.apply(batch, observe: observe)
            return []
        case .durationsAreNegative:
            return try await base.apply(batch, observe: observe).map {
                AppliedMigration(migration: $0.migration, duration: .zero - $0.duration - .nanoseconds(1))
            }
        case .tellsNothing:
            return try await base.apply(batch) { _ in }
        case .tellsExecutedBeforeStarted:
            return try await base.apply(batch) { event in
                switch event {
                case .executed(let applied):
                    observe(event)
                    observe(.started(applied.migration))
                case .started: break
                default: observe(event)
                }
            }
        case .cancelledScriptsGoOn:
            let base = base
            return try await Task { try await base.apply(batch, observe: observe) }.value
        default:
            return try await base.apply(batch, observe: observe)
        }
    }

    /// Applies past the good session, which would not let the fault happen.
    private func applyByHand(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        let entries = batch.migrations.map { HistoryEntry(recording: $0) }
        let known = Set(await database.history.map(\.id))
        guard fault == .appliesTwice || known.isDisjoint(with: entries.map(\.id)) else { throw PlainError() }
        if fault == .historyIsWrittenFirst { await database.write(entries, effects: []) }
        var applied: [AppliedMigration] = []
        var effects: [String] = []
        for (migration, entry) in zip(batch.migrations, entries) {
            if fault != .cancelledTasksApply { try Task.checkCancellation() }
            observe(.started(migration))
            let left = try await executeByHand(migration, of: batch)
            let done = AppliedMigration(migration: migration, duration: .zero)
            applied.append(done)
            observe(.executed(done))
            if fault == .batchesAreNotAtomic {
                await database.write([entry], effects: left)
            } else {
                effects += left
            }
        }
        let isWritten = [.historyIsWrittenFirst, .batchesAreNotAtomic, .appliedIsNotRecorded].contains(fault)
        await database.write(isWritten ? [] : entries, effects: effects)
        return applied
    }

    private func executeByHand(_ migration: Migration, of batch: MigrationBatch) async throws -> [String] {
        let transaction = InMemoryTransaction()
        do {
            let script = try await batch.script(for: migration)
            if fault != .scriptsAreNotExecuted {
                try await MarkLanguage.execute(String(decoding: try script.bytes, as: UTF8.self), transaction)
            }
        } catch is ScriptChangedError where fault == .changedScriptsRun {
            transaction.leave("1")
        } catch is CancellationError where fault == .cancelledScriptsCommit {
            await database.write([HistoryEntry(recording: migration)], effects: transaction.effects)
            throw CancellationError()
        } catch {
            if fault == .effectsAreNotUndone { await database.write([], effects: transaction.effects) }
            throw error
        }
        return transaction.effects
    }
}

/// The scripts of a batch, as a source.
private struct ScriptsOf: MigrationSource {
    let batch: MigrationBatch

    func migrations() async throws -> [Migration] { batch.migrations }
    func script(for migration: Migration) async throws -> MigrationScript { try await batch.script(for: migration) }
}
