// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A session of an ``InMemoryVersionStore``.
public struct InMemorySession: VersionStoreSession {
    /// Its number, from 1, as the log names it.
    public let number: Int
    package let store: InMemoryVersionStore

    public func history() async throws -> [HistoryEntry] {
        try Task.checkCancellation()
        return try await store.database.readHistory(number)
    }

    public func unfinished() async throws -> [UnfinishedMigration] {
        try Task.checkCancellation()
        return try await store.database.readUnfinished(number)
    }

    public func lock(_ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void) async throws {
        try await store.database.lock(number, timeout: request.timeout, clock: store.clock, observe: observe)
    }

    public func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration] {
        let database = store.database
        try await database.begin(.apply(batch.migrations.map(\.id)), number)
        try await database.requireLock(number)
        let transaction = InMemoryTransaction()
        var applied: [AppliedMigration] = []
        for migration in batch.migrations {
            try Task.checkCancellation()
            let script = try await batch.script(for: migration)
            observe(.started(migration))
            let duration = try await Self.time(store.clock) {
                try await database.pass(.execute(migration.id))
                try await store.execute(String(decoding: try script.bytes, as: UTF8.self), transaction)
            }
            let done = AppliedMigration(migration: migration, duration: duration)
            applied.append(done)
            observe(.executed(done))
        }
        try Task.checkCancellation()
        try await database.commit(batch.migrations, effects: transaction.effects, by: number)
        return applied
    }

    public func record(_ migrations: [Migration]) async throws {
        try Task.checkCancellation()
        try await store.database.record(migrations, by: number)
    }

    public func close() async {
        await store.database.close(number)
    }

    /// Loses the connection: the lock is free, what was not committed is gone, and every later call but ``close()`` fails.
    public func crash() async {
        await store.database.end(number)
    }

    private static func time<C: Clock>(
        _ clock: C, _ body: () async throws -> Void
    ) async throws -> Duration where C.Duration == Duration {
        let start = clock.now
        try await body()
        return start.duration(to: clock.now)
    }
}
