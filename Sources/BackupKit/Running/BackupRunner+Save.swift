// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension BackupRunner {
    /// What became of one store.
    struct SavedStore: Sendable {
        let store: StoreName
        let address: String
        let duration: Duration
        /// `nil` when it failed.
        var snapshot: StoreSnapshot?
        var artifacts: [StoredArtifact]?
        var failure: (any Error)?
    }

    /// Saves all stores at the same time.
    ///
    /// - Throws: When the task was cancelled.
    func save(into partial: String, earlier: [BackupSet]) async throws -> [SavedStore] {
        try await withThrowingTaskGroup(of: SavedStore.self) { group in
            for target in targets {
                group.addTask { try await save(target, into: partial, earlier: earlier) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.store < $1.store }
        }
    }

    private func save(_ target: any BackupTarget, into partial: String, earlier: [BackupSet]) async throws -> SavedStore
    {
        let store = target.store
        let before = earlier.lazy.compactMap { $0.part(store) }.last.map { part in
            let artifacts = Dictionary(part.artifacts.map { ($0.path, $0) }) { $1 }
            return (
                snapshot: PreviousSnapshot(set: part.set, snapshot: part.snapshot, artifacts: artifacts),
                folder: part.folder
            )
        }
        let destination = SetDestination(store: store, folder: partial, previous: before, files: folder.files)
        let start = ContinuousClock.now
        do {
            let snapshot = try await target.backUp(to: destination) { observe(.target(store, $0)) }
            let artifacts = try await destination.finish()
            try Task.checkCancellation()
            let duration = ContinuousClock.now - start
            observe(.saved(store, bytes: artifacts.reduce(0) { $0 + $1.bytes }, duration: duration))
            return SavedStore(
                store: store, address: target.address, duration: duration, snapshot: snapshot, artifacts: artifacts)
        } catch {
            await destination.discard()
            // Another store's failure cancels nobody: then it is the whole run that is to end.
            try Task.checkCancellation()
            observe(.failed(store, error))
            return SavedStore(
                store: store, address: target.address, duration: ContinuousClock.now - start, failure: error)
        }
    }
}
