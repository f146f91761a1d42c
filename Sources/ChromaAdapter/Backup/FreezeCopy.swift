// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Copies a store as it is at one instant, while its writers wait.
///
/// Index files that have not changed for a while are copied before: under the lock it is enough to see that they still have not. So
/// writers wait for the copy of SQLite's file, and of what is being written just then.
struct FreezeCopy {
    /// The copy.
    struct Result: Hashable, Sendable {
        /// The files at the instant, SQLite's own not among them.
        var files: [String: FileStamp]
        /// Those that were not copied, because an earlier set has them.
        var unchanged: Set<String>
        /// When it was, in UTC, and by the clock of the file system.
        var takenAt: String
        var instant: Int64
        /// How long writers were held, in this attempt and those before it.
        var held: Duration
        /// How often the files were looked at until nothing changed.
        var rounds: Int
        /// Whether a folder beside the store was used.
        var isStaged: Bool
        /// What is neither a file nor a folder, and was left out.
        var others: [String]
    }

    /// Writers would be held for longer than they may be.
    struct HeldTooLong: Error {
        var seconds: Double?
    }

    /// What tests look at and slow down.
    struct Hooks: Sendable {
        /// After each piece that is copied, with whether it went into the set, and whether the lock is held.
        var copied: (@Sendable (_ isIntoSet: Bool, _ isLocked: Bool) throws -> Void)?
        /// Before the lock is taken, and right after.
        var willLock: (@Sendable () throws -> Void)?
        var locked: (@Sendable () throws -> Void)?
        /// Before files that were changed a moment ago are looked at once more.
        var looksAgain: (@Sendable () throws -> Void)?
        /// Where the set is said to be.
        var isSameDevice: Bool?
    }

    let store: StoreFolder
    /// The folder that the copy is made in; it is there.
    let target: String
    /// What an earlier set has, and how it was then.
    let known: [String: FileStamp]
    /// What an earlier attempt has taken from there.
    let linked: Set<String>
    let budget: HoldBudget
    let options: ChromaBackupTarget.Options
    let calls: any SetWriting
    let hooks: Hooks
    let interruption: Interruption
    let observe: @Sendable (BackupTargetEvent) -> Void

    private static let mostRounds = 200
    /// Between two looks at files that change, in microseconds.
    private static let pause: UInt32 = 50_000
    /// For how long files have to be left alone before it counts, in microseconds.
    private static let calm: UInt32 = 100_000

    func run() throws -> Result {
        let now = FileStamp.now
        var obtained: [String: FileStamp] = [:]
        try copyQuietFiles(now, &obtained)
        var plan = try plan(obtained)
        while true {
            if case .tooSlow(let seconds) = plan { throw tooLong(seconds) }
            guard budget.rest > .zero else { throw tooLong(nil) }
            let canMove = try plan == .direct && !isSameDevice && HoldPlan.hasRoom(for: bytesUnderLock(obtained), room)
            do {
                // What is left is for the second try.
                return try freeze(obtained, isStaged: plan == .beside, limit: canMove ? budget.rest / 2 : budget.rest)
            } catch let error as HeldTooLong {
                guard canMove else { throw tooLong(error.seconds) }
                observe(
                    .notice("the set is written too slowly for a locked store: it is copied beside the store first"))
                plan = .beside
            }
        }
    }

    /// Copies what has not been written to for a while.
    private func copyQuietFiles(_ now: Int64, _ obtained: inout [String: FileStamp]) throws {
        let all = try store.files().files
        let unchanged = unchanged(in: all)
        let files = all.filter { !unchanged.contains($0.key) && !$0.value.isRecent(at: now) }
        let total = files.values.reduce(0) { $0 + $1.bytes }
        let done = ByteCount()
        let copier = FileCopier(interruption: interruption, calls: calls) { bytes in
            try hooks.copied?(true, false)
            done.bytes += bytes
            observe(.progress(BackupProgress(phase: "copying", bytes: done.bytes, totalBytes: total)))
        }
        for (path, stamp) in files.sorted(by: { $0.key < $1.key }) {
            guard let file = try open(path) else { continue }
            try writing {
                try calls.makeParents(of: path, in: target)
                return try copier.copy(file, to: "\(target)/\(path)", replacing: true)
            }
            if try file.stamp == stamp { obtained[path] = stamp }
        }
    }

    final class ByteCount {
        var bytes: Int64 = 0
    }

    private func freeze(_ quiet: [String: FileStamp], isStaged: Bool, limit: Duration) throws -> Result {
        let staging = isStaged ? try StagingFolder(beside: store) : nil
        defer { staging?.remove() }
        let place = staging?.path ?? target
        try hooks.willLock?()
        let lock = try StoreLock(
            store, patience: options.lockPatience, limit: limit, interruption: interruption
        ) {
            observe(.waiting("somebody else writes to \(store.database)"))
        }
        defer {
            lock.release()
            budget.spend(lock.held)
        }
        try hooks.locked?()
        let (takenAt, instant) = (UTCTime.now, FileStamp.now)
        let total = try bytesUnderLock(quiet)
        let done = ByteCount()
        let copier = FileCopier(interruption: interruption, calls: calls) { bytes in
            try hooks.copied?(!isStaged, true)
            done.bytes += bytes
            observe(.progress(BackupProgress(phase: "copying, writers wait", bytes: done.bytes, totalBytes: total)))
            if lock.hasExpired { throw HeldTooLong() }
        }
        try writing { try copier.copy(lock.database, to: "\(place)/\(StoreReader.database)", replacing: true) }
        if lock.usesLog, let log = try open(StoreFolder.log) {
            try writing { try copier.copy(log, to: "\(place)/\(StoreFolder.log)", replacing: true) }
        }
        let (files, others, rounds) = try copyChanged(quiet, to: place, copier, lock)
        lock.release()
        guard !lock.hasExpired else { throw HeldTooLong() }
        let result = Result(
            files: files, unchanged: unchanged(in: files), takenAt: takenAt, instant: instant,
            held: budget.spent + lock.held, rounds: rounds, isStaged: isStaged, others: others)
        try settle(result, hot: Set(files.filter { quiet[$0.key] != $0.value }.keys), staging: staging?.path)
        return result
    }

    /// Copies the index files that are not there yet, until they have not changed meanwhile.
    private func copyChanged(
        _ quiet: [String: FileStamp], to place: String, _ copier: FileCopier, _ lock: StoreLock
    ) throws -> (files: [String: FileStamp], others: [String], rounds: Int) {
        var obtained = quiet
        var before = try store.files()
        for round in 1...Self.mostRounds {
            let unchanged = unchanged(in: before.files)
            for (path, stamp) in before.files where !unchanged.contains(path) && obtained[path] != stamp {
                if try copy(path, to: place, copier) { obtained[path] = stamp }
            }
            let after = try calmFiles(like: before.files)
            guard !lock.hasExpired else { throw HeldTooLong() }
            guard lock.isHeld else {
                // Also when its time was up only now, since the look before.
                if lock.hasExpired { throw HeldTooLong() }
                throw ChromaBackupError(
                    .store,
                    "the lock on \(store.database) was lost: this process opened and closed the same file meanwhile.")
            }
            if after.files == before.files { return (after.files, after.others, round) }
            before = after
            try interruption.check()
            usleep(Self.pause)
        }
        throw ChromaBackupError(
            .store, "the index files in \(store.path) change although writers are held back; who writes there?")
    }

    /// The files, looked at twice when they were changed a moment ago: ChromaDB saves an index file by file, and waits for the lock only when
    /// it notes in SQLite's file that it has.
    private func calmFiles(like before: [String: FileStamp]) throws -> (files: [String: FileStamp], others: [String]) {
        let found = try store.files()
        let instant = FileStamp.now - Int64(Self.calm) * 1000
        guard found.files == before, found.files.values.contains(where: { $0.isChanged(since: instant) }) else {
            return found
        }
        try hooks.looksAgain?()
        usleep(Self.calm)
        return try store.files()
    }

    /// - Returns: Whether the file is still there.
    private func copy(_ path: String, to place: String, _ copier: FileCopier) throws -> Bool {
        guard let file = try open(path) else { return false }
        try writing {
            try calls.makeParents(of: path, in: place)
            return try copier.copy(file, to: "\(place)/\(path)", replacing: true)
        }
        return true
    }

    /// A file of the store; `nil` when it is no longer there.
    private func open(_ path: String) throws -> OpenFile? {
        let opened = Swift.Result<OpenFile, any Error> { try OpenFile.read("\(store.path)/\(path)") }
        guard case .failure(let reason) = opened, let error = reason as? FileError else { return try opened.get() }
        if error.isMissing { return nil }
        guard error.isPermission else { throw error }
        throw ChromaBackupError(.unavailable, "\(error). Run this as the account of ChromaDB's server, or as root.")
    }

    /// An error of the target's disk is not one of the store.
    func writing(_ body: () throws -> Int64) throws {
        do {
            _ = try body()
        } catch let error as FileError where error.isOfWriting {
            throw ChromaBackupError(.destination, "\(error)")
        }
    }
}
