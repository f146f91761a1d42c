// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Saves a ChromaDB, all its collections as they are at one instant, by copying its folder while its writers wait.
///
/// It has to run on the machine of ChromaDB's server, with the right to write to `chroma.sqlite3`: it writes nothing there, but takes the
/// lock that ChromaDB itself takes to write. Writers wait for it without an error. Index files that have not changed since the previous set are
/// linked from there.
///
/// ```swift
/// let target = ChromaBackupTarget(ChromaConfiguration(path: "./data/chroma"))
/// ```
///
/// Artifacts: the folder `chroma/`, which ChromaDB opens as it is.
public struct ChromaBackupTarget: BackupTarget {
    /// Settings of a target.
    public struct Options: Hashable, Sendable {
        /// For how long writers may be held at most, in all attempts of a backup together. Copying to a slow disk, a folder beside the store
        /// takes the copy first; where that does not help, the backup fails.
        public var longestHold: Duration
        /// For how long to wait for somebody else who writes.
        public var lockPatience: Duration
        /// Whether index files are shared with the previous set when they have not changed.
        public var linksUnchanged: Bool

        /// Makes options.
        public init(
            longestHold: Duration = .seconds(20), lockPatience: Duration = .seconds(60), linksUnchanged: Bool = true
        ) {
            self.longestHold = longestHold
            self.lockPatience = lockPatience
            self.linksUnchanged = linksUnchanged
        }
    }

    public var store: StoreName { .chroma }
    public var address: String { configuration.address }

    let configuration: ChromaConfiguration
    let options: Options
    /// How it writes into the set.
    var calls: any SetWriting = SystemWriting()
    var hooks = FreezeCopy.Hooks()

    /// How often a copy is made anew when it caught files that were just being written.
    private static let mostCopies = 5
    /// How long before: all attempts together take longer than files count as recently changed.
    private static let pause = Duration.milliseconds(600)

    /// Makes a target.
    public init(_ configuration: ChromaConfiguration, options: Options = Options()) {
        self.configuration = configuration
        self.options = options
    }

    public func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        try await ChromaBackupError.telling("saving ChromaDB in \(address)") {
            let store = try StoreFolder(configuration)
            var warnings: [String] = []
            let leftovers = StagingFolder.removeLeftovers(beside: store)
            for folder in leftovers.removed { observe(.notice("a killed run left \(folder) behind: it was removed")) }
            warnings += leftovers.kept.map { "a killed run left \($0) behind, and it cannot be removed: remove it" }
            let target = try await destination.makeFolder(ChromaDetails.folder)
            let linker = UnchangedFiles(destination: destination, store: store, target: target, calls: calls)
            var known = options.linksUnchanged ? ChromaDetails.files(of: destination.previous) : [:]
            let budget = HoldBudget(options.longestHold)
            var last: [String: FileStamp]?
            for attempt in 1...Self.mostCopies {
                if attempt > 1 { try await Task.sleep(for: Self.pause) }
                let copy = try await freeze(store, target, known, linker.paths, budget, observe)
                observe(.progress(BackupProgress(phase: "checking")))
                let contents = try await read(copy, in: target, store, linker.paths)
                guard try linker.areStillThere(copy) else { continue }
                guard contents.problems.isEmpty else {
                    // Files that were being written when the lock was taken may be there by half.
                    let isHot = last != copy.files || copy.files.values.contains { $0.isRecent(at: copy.instant) }
                    guard isHot else { throw try await broken(contents.problems, store) }
                    last = copy.files
                    continue
                }
                if try await linker.take(copy) { return snapshot(contents, copy, warnings) }
                // What could not be linked changed before it was copied.
                let linked = linker.paths
                known = known.filter { linked.contains($0.key) }
            }
            throw ChromaBackupError(
                .store,
                "the index files in \(store.path) were being written whenever they were copied. Try again when there is less to do."
            )
        }
    }

    private func freeze(
        _ store: StoreFolder, _ target: String, _ known: [String: FileStamp], _ linked: Set<String>,
        _ budget: HoldBudget, _ observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> FreezeCopy.Result {
        let (options, calls, hooks) = (options, calls, hooks)
        return try await BlockingWork.run { interruption in
            try FreezeCopy(
                store: store, target: target, known: known, linked: linked, budget: budget, options: options,
                calls: calls, hooks: hooks, interruption: interruption, observe: observe
            ).run()
        }
    }

    /// Reads a copy. Indexes that are going to be linked are not in it yet: the store has the same ones.
    private func read(
        _ copy: FreezeCopy.Result, in target: String, _ store: StoreFolder, _ linked: Set<String>
    ) async throws -> StoreReader.Contents {
        let elsewhere = Set(
            copy.unchanged.subtracting(linked).compactMap { path in path.split(separator: "/").first.map(String.init) })
        return try await BlockingWork.run { interruption in
            do {
                return try StoreReader.read(
                    target, prefix: "\(ChromaDetails.folder)/", interruption: interruption,
                    indexes: { elsewhere.contains($0) ? store.path : target })
            } catch let error as FileError where error.isMissing && !elsewhere.isEmpty {
                // The store's own file went meanwhile.
                return StoreReader.Contents(layout: ChromaLayout(migrations: [:]), problems: ["\(error)"])
            }
        }
    }

    /// Says whether the store is broken, or only the copy.
    private func broken(_ problems: [String], _ store: StoreFolder) async throws -> ChromaBackupError {
        let account = problems.prefix(5).joined(separator: "; ")
        let damage = try await BlockingWork.run { interruption in
            let sqlite = try SQLiteDatabase(store.database, .readOnly, interruption: interruption, patience: 5000)
            defer { sqlite.close() }
            return try StoreReader.damage(in: sqlite)
        }
        let isSQLite = problems.contains { $0.hasPrefix("\(ChromaDetails.database): ") }
        if isSQLite && damage.isEmpty {
            return ChromaBackupError(
                .destination,
                "the copy of ChromaDB's store is damaged, and the store is not: \(account). Does the disk or the memory have errors?"
            )
        }
        return ChromaBackupError(
            .store,
            """
            ChromaDB's store itself is damaged: \(account). Nothing was saved: restore an earlier set, or repair the store (the folder is \
            \(store.path)).
            """)
    }

    private func snapshot(
        _ contents: StoreReader.Contents, _ copy: FreezeCopy.Result, _ warnings: [String]
    ) -> StoreSnapshot {
        var warnings = warnings
        if contents.layout.isNewer {
            warnings.append(
                "the store is of a newer ChromaDB than 1.5: it was saved whole, but not everything was checked")
        }
        warnings += copy.others.map { "\($0) is neither a file nor a folder, and was left out" }
        return StoreSnapshot(
            serverVersion: contents.layout.description, takenAt: copy.takenAt,
            details: ChromaDetails.values(contents, copy), warnings: warnings,
            instructions: ChromaManual(family: contents.layout.family, store: address).text)
    }
}
