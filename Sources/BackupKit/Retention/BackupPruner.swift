// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Takes sets away that a policy does not keep.
public struct BackupPruner: Sendable {
    private let folder: BackupFolder
    private let policy: RetentionPolicy
    private let wait: Duration
    private let owner: String

    /// Makes a pruner.
    ///
    /// - Parameters:
    ///   - folder: Where the sets are.
    ///   - policy: Which are kept.
    ///   - wait: How long it waits for a run in the same folder.
    ///   - owner: Who it is, for those who have to wait.
    public init(folder: BackupFolder, policy: RetentionPolicy, wait: Duration = .zero, owner: String = RunOwner.text) {
        self.folder = folder
        self.policy = policy
        self.wait = wait
        self.owner = owner
    }

    /// What would become of each set, the newest first. Changes nothing.
    ///
    /// - Throws: ``BackupKitError`` of category `configuration` for a policy that keeps nothing, ``FileSystemError``.
    public func decisions() throws -> [RetentionDecision] {
        guard !policy.isEmpty else {
            throw BackupKitError(
                .configuration,
                "no rule says which sets are kept\nhint: give one, such as --keep-last 7 or --keep-daily 14.")
        }
        let contents = try folder.contents()
        let candidates = contents.sets.map { set in
            RetentionCandidate(
                name: set.name, isComplete: set.metadata.status == .complete,
                stores: Set(set.parts.map(\.store)), verified: set.verified,
                limitations: set.proof?.limitations ?? [], isDamaged: set.isDamaged)
        }
        return policy.decisions(
            for: candidates, unreadable: contents.unreadable.map(\.name), lastRun: try LastRun.read(in: folder))
    }

    /// Takes the sets away, the oldest first. One is gone for everybody before its first file is: a set that is listed is whole.
    ///
    /// - Parameters:
    ///   - waiting: Told who works in the folder.
    ///   - removed: Told after each.
    /// - Returns: What became of each set, the newest first.
    public func prune(
        waiting: @Sendable (String) -> Void = { _ in }, removed: @Sendable (SetName) -> Void = { _ in }
    ) async throws -> [RetentionDecision] {
        let queue = BlockingQueue("prune")
        guard try await queue.run({ try folder.files.kind(of: folder.path) }) != nil else { return try decisions() }
        let lock = try await FolderLock(folder, wait: wait, owner: owner, queue: queue, waiting: waiting)
        do {
            let decisions = try await queue.run { try self.decisions() }
            for decision in decisions.reversed() where !decision.isKept {
                try Task.checkCancellation()
                try await queue.run { try remove(decision.name) }
                removed(decision.name)
            }
            await lock.unlock()
            return decisions
        } catch {
            await lock.unlock()
            throw error
        }
    }

    private func remove(_ name: SetName) throws {
        // If it is cut off here, the next run takes it away like one that was never finished.
        let partial = folder.partialLocation(name)
        try folder.files.move(folder.location(name), to: partial)
        try folder.files.sync(folder.path)
        try folder.files.removeTree(partial)
    }
}
