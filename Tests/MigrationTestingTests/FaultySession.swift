// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Synchronization

struct PlainError: Error {}

/// A session of a ``FaultyStore``. What its fault does not touch, it leaves to the good session.
final class FaultySession: VersionStoreSession {
    let base: InMemorySession
    let database: InMemoryDatabase
    let fault: Fault?
    private let historyAtOpening: [HistoryEntry]
    private let hasFailed = Mutex(false)
    private let hasCrashed = Mutex(false)

    init(base: InMemorySession, database: InMemoryDatabase, fault: Fault?, historyAtOpening: [HistoryEntry]) {
        self.base = base
        self.database = database
        self.fault = fault
        self.historyAtOpening = historyAtOpening
    }

    func history() async throws -> [HistoryEntry] {
        switch fault {
        case .historyIsRememberedFromTheOpening: return historyAtOpening
        case .historyInventsAnEntry where await database.history.isEmpty:
            return [HistoryEntry(recording: InMemoryMigration("999", "").migration)]
        case .historyWrites: await database.write([], effects: ["CREATE TABLE history"])
        case .historyNeedsTheLock: try? await base.lock(LockRequest(timeout: .seconds(600))) { _ in }
        default: break
        }
        return try await base.history().map(seen)
    }

    /// How this session's fault makes an entry look.
    private func seen(_ entry: HistoryEntry) -> HistoryEntry {
        var entry = entry
        switch fault {
        case .versionsAreCutTo64Bits:
            let number = UInt64(entry.id.version.description) ?? .max
            entry.id = MigrationID(component: entry.id.component, version: MigrationVersion(number))
        case .componentsAreForgotten:
            entry.id = MigrationID(version: entry.id.version)
        case .componentsIgnoreCase:
            entry.id = MigrationID(
                component: Component(entry.id.component.name.lowercased()), version: entry.id.version)
        case .namesAreCut:
            entry.name = entry.name.map { String($0.prefix(255)) }
        case .checksumsAreCut:
            entry.checksum = Checksum(recorded: String(entry.checksum.hexadecimal.prefix(32)))
        case .declarationsAreForgotten:
            entry.compatibleWith = nil
        case .declarationsAreInvented:
            entry.compatibleWith = entry.compatibleWith ?? entry.id.description
        default: break
        }
        return entry
    }

    func unfinished() async throws -> [UnfinishedMigration] {
        switch fault {
        case .inventsUnfinishedWork: return [UnfinishedMigration(id: MigrationID(version: 1), done: 1, total: 2)]
        case .unfinishedWrites: await database.write([], effects: ["CREATE TABLE journal"])
        default: break
        }
        return try await base.unfinished()
    }

    func executionMode(of migration: Migration, script: MigrationScript) async throws -> ExecutionMode? {
        switch fault {
        case .sessionModeExecutes: await database.write([], effects: ["1"])
        case .sessionModeHasNoCategory: throw PlainError()
        default: break
        }
        return try await base.executionMode(of: migration, script: script)
    }

    func lock(_ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void) async throws {
        var request = request
        var observe = observe
        switch fault {
        case .noLock:
            return
        case .deadlinesAreIgnored:
            request.timeout = .seconds(600)
        case .zeroDeadlinesAreRefused where request.timeout == .zero:
            throw InMemoryStoreError(.lockTimeout, "no time at all")
        case .waitsSilently:
            observe = { _ in }
        case .freeLocksAreWaitedFor:
            observe(.waitingForLock(holder: nil))
        case .lockWritesAnEntry:
            let script = InMemoryMigration("999", "")
            await database.write([HistoryEntry(recording: script.migration)], effects: [])
        case .cancelledWaitsGoOn:
            let (base, request, observe) = (base, request, observe)
            return try await Task { try await base.lock(request, observe: observe) }.value
        case .cancelledWaitsKeepTheLock:
            return try await lockKeepingItWhenCancelled(request, observe: observe)
        default: break
        }
        do {
            try await base.lock(request, observe: observe)
        } catch {
            if fault == .deadlinesHaveNoCategory || fault == .cancellationHasNoCategory { throw PlainError() }
            throw error
        }
    }

    /// Ends the wait for the caller, and goes on waiting in another session, for ever.
    private func lockKeepingItWhenCancelled(
        _ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws {
        do {
            try await base.lock(request, observe: observe)
        } catch is CancellationError {
            let store = base.store
            let forgotten = Task { try await store.openSession() }
            let session = try await forgotten.value
            Task { try await session.lock(LockRequest(timeout: .seconds(600))) { _ in } }
            while !(await store.operations.suffix(1).contains(.lock)) { await Task.yield() }
            throw CancellationError()
        }
    }

    func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        do {
            return try await applyWithFault(batch, observe: observe)
        } catch {
            hasFailed.withLock { $0 = true }
            if fault == .cancellationHasNoCategory && error is CancellationError { throw PlainError() }
            throw error
        }
    }

    func record(_ migrations: [Migration]) async throws {
        switch fault {
        case .recordExecutes:
            await database.write([], effects: ["1"])
        case .recordKeepsTheOldChecksum:
            let known = Set(await database.history.map(\.id))
            return try await base.record(migrations.filter { !known.contains($0.id) })
        case .recordForgetsTheRest:
            return try await base.record(Array(migrations.prefix(1)))
        case .recordKeepsTheOldDeclaration:
            let known = Dictionary(uniqueKeysWithValues: await database.history.map { ($0.id, $0.compatibleWith) })
            return try await base.record(migrations.map { $0.declaring(known[$0.id, default: nil]) })
        case .recordForgetsDeclarations:
            return try await base.record(migrations.map { $0.declaring(nil) })
        case .noLock:
            return await database.write(migrations.map { HistoryEntry(recording: $0) }, effects: [])
        default: break
        }
        try await base.record(migrations)
    }

    func close() async {
        switch fault {
        case .closeKeepsTheLock: return
        case .closeKeepsTheLockAfterAFailure where hasFailed.withLock(\.self): return
        case .closeDoesNothingWhenCancelled where Task.isCancelled: return
        case .closeOfAWaiterFreesTheLock: await base.store.loseLock()
        case .closeAfterACrashHangs where hasCrashed.withLock(\.self): try? await Task.sleep(for: .seconds(600))
        default: break
        }
        await base.close()
    }

    func crash() async {
        hasCrashed.withLock { $0 = true }
        switch fault {
        case .crashKeepsTheLock: return
        case .crashCommits: await database.write([], effects: ["1"])
        default: break
        }
        await base.crash()
    }
}

extension Migration {
    /// The same migration with another declaration.
    fileprivate func declaring(_ build: String?) -> Migration {
        var migration = self
        migration.directives.compatibleWith = build.flatMap { MigrationID($0) }
        return migration
    }
}
