// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Makes backup sets of several stores.
///
/// A set is there when it is whole, or not at all. Until then it is a folder whose name begins with a dot. Everything in it is written and
/// synced, then its metadata, then the folder gets its name, then that name is synced: whatever happens to the machine in between, no
/// set that is listed is half a set.
public struct BackupRunner: Sendable {
    /// How a run is made.
    public struct Options: Sendable {
        /// How long it waits for another run in the same folder.
        public var wait: Duration = .zero
        /// Stores that are left out on purpose, with the reason, for the metadata.
        public var skipped: [StoreName: String] = [:]
        /// The version of the program, for the metadata.
        public var strataVersion: String
        /// Says what second it is.
        public var now: @Sendable () -> CalendarTime = { .now }
        /// Who runs it, for those who have to wait.
        public var owner = RunOwner.text

        /// Makes options.
        public init(strataVersion: String) {
            self.strataVersion = strataVersion
        }
    }

    let folder: BackupFolder
    let targets: [any BackupTarget]
    let options: Options
    let observe: @Sendable (BackupRunEvent) -> Void
    let queue = BlockingQueue("backup")

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - folder: Where the sets are; it is made when it is not there.
    ///   - targets: What to save: no two of the same kind of store.
    ///   - observe: Told what happens, from any thread. Must not block.
    public init(
        folder: BackupFolder, targets: [any BackupTarget], options: Options,
        observe: @escaping @Sendable (BackupRunEvent) -> Void = { _ in }
    ) {
        self.folder = folder
        self.targets = targets
        self.options = options
        self.observe = observe
    }

    /// Saves all stores at once and publishes the set.
    ///
    /// Where a store fails the others are saved all the same, and the set is ``BackupMetadata/Status/partial``: its metadata says why.
    ///
    /// - Throws: ``BackupRunError`` when no store could be saved, ``FileSystemError``, ``BackupKitError``, `CancellationError`. Nothing is
    ///   published then, and what was written is taken away.
    public func run() async throws -> BackupSet {
        do { try requireTargets() } catch {
            await noteFailure(error)
            throw error
        }
        try await queue.run { try folder.make() }
        let lock = try await FolderLock(
            folder, wait: options.wait, owner: options.owner, queue: queue, waiting: { observe(.waitingForRun($0)) })
        do {
            let set = try await runLocked()
            await lock.unlock()
            return set
        } catch {
            await lock.unlock()
            throw error
        }
    }

    private func requireTargets() throws {
        guard !targets.isEmpty else {
            throw BackupKitError(
                .configuration,
                "there is nothing to save: no store is configured\nhint: set DATABASE_URL, REDIS_URL or CHROMA_PATH.")
        }
        guard Set(targets.map(\.store)).count == targets.count else {
            throw BackupKitError(.configuration, "two targets are of the same kind of store")
        }
    }

    /// Notes that a run could not even begin, so that nothing is pruned until one ends well. Where there are no sets yet, nothing is noted.
    ///
    /// For callers that find out before ``run()`` that there is nothing to run; it notes its own failures itself.
    public func noteFailure(_ error: any Error) async {
        guard (try? await queue.run { try folder.files.entries(of: folder.path) }) != nil else { return }
        // Whoever works there now notes soon what became of that.
        let lock = try? await FolderLock(
            folder, wait: options.wait, owner: options.owner, queue: queue, waiting: { observe(.waitingForRun($0)) })
        guard let lock else { return }
        let start = options.now().description
        try? await queue.run {
            try LastRun(outcome: .failed, startedAt: start, error: "\(error)").begin(in: folder)
        }
        await lock.unlock()
    }

    private func runLocked() async throws -> BackupSet {
        let start = options.now()
        let (name, earlier) = try await queue.run { try begin(start) }
        observe(.started(name, stores: targets.map(\.store).sorted()))
        let partial = folder.partialLocation(name)
        do {
            let stores = try await save(into: partial, earlier: earlier)
            try Task.checkCancellation()
            if stores.allSatisfy({ $0.artifacts == nil }) {
                throw BackupRunError(
                    failures: Dictionary(stores.map { ($0.store, $0.failure ?? CancellationError()) }) { $1 })
            }
            let set = try await queue.run { try publish(name, started: start, stores: stores) }
            observe(.published(set))
            return set
        } catch {
            // Also when the task was cancelled: what is half-done goes away at once, not with the next run.
            try? await queue.run {
                if try folder.files.kind(of: partial) != nil { try folder.files.removeTree(partial) }
                let reason = error is CancellationError ? "it was interrupted" : "\(error)"
                try note(.failed, start, set: nil, error: reason)
            }
            throw error
        }
    }

    /// Takes away what earlier runs left, and makes the folder of the new set.
    ///
    /// - Returns: Its name, and the sets before it that nobody found damaged, the oldest first.
    private func begin(_ start: CalendarTime) throws -> (SetName, [BackupSet]) {
        let files = folder.files
        try LastRun(outcome: .unfinished, startedAt: start.description).begin(in: folder)
        // We have the lock: whoever made these is dead.
        for name in try folder.contents().unfinished {
            do {
                try files.removeTree(folder.partialLocation(name))
                observe(.removedUnfinished(name))
            } catch {
                observe(.keptUnfinished(name, error))
            }
        }
        var name = SetName(time: start)
        while try files.kind(of: folder.location(name)) != nil || files.kind(of: folder.partialLocation(name)) != nil {
            name = name.next
        }
        try files.makeFolder(folder.partialLocation(name))
        return (name, try folder.contents().sets.filter { !$0.isDamaged })
    }

    func note(_ outcome: LastRun.Outcome, _ start: CalendarTime, set: SetName?, error: String?) throws {
        try LastRun(outcome: outcome, startedAt: start.description, set: set?.description, error: error).write(
            in: folder)
    }
}
