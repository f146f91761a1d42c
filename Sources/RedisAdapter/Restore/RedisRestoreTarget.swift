// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Restores a Redis server while it runs, by playing its master: it loads the set's dump as a replica loads what its master sends.
///
/// All its databases are replaced at one instant; its append-only file, if it has one, is written anew by itself. What it had before is kept
/// as an RDB file of its own, from which ``undo(set:observe:)`` brings it back. Server and dump have to fit: an older server is refused.
///
/// The server connects to this process, so it has to be able to reach an address of this machine. That address is listened on for this one
/// connection and for nobody else.
public struct RedisRestoreTarget: RestoreTarget {
    /// How the server reaches us.
    public struct Options: Hashable, Sendable {
        /// The address of this machine to listen on; `nil`: the one from which the server was reached.
        public var listenAddress: String?
        /// The port to listen on; 0: any that is free.
        public var listenPort = 0
        /// The address under which the server reaches us, where that is another one, as behind a port mapping; `nil`: ``listenAddress``.
        public var announcedAddress: String?
        /// The address that the server comes from; `nil`: the one under which it was reached.
        public var peerAddress: String?
        /// How long the server may take to connect.
        public var arrivalTimeout = Duration.seconds(30)

        /// The default options.
        public init() {}
    }

    public var store: StoreName { .redis }
    public var address: String { "\(configuration.endpoint)" }

    let configuration: RedisConfiguration
    let keepFolder: String
    let options: Options

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - configuration: The server. The user needs `+replicaof +info +select +sync +replconf`; `+client|pause +client|unpause` so that nothing
    ///     is written between the copy of what is there and its replacement; and `+config|get +bgsave` so that it is certain that the server
    ///     has it on its disk.
    ///   - keepFolder: Where what the server had before is kept: `redis_before_<set>.rdb`, with a note of which server it is. It is made where
    ///     it is not there. The same folder for ``undo(set:observe:)``.
    ///   - options: How the server reaches us.
    public init(_ configuration: RedisConfiguration, keepFolder: String, options: Options = Options()) {
        self.configuration = configuration
        self.keepFolder = keepFolder
        self.options = options
    }

    public func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> RedisRestoreSession {
        do {
            if let into = options.into {
                let folder = RedisFolderRestoreTarget(folder: into, server: nil)
                return RedisRestoreSession(try await folder.open(part, isNewPlace: true))
            }
            let dump = try StoredDump(part)
            guard dump.isThere else {
                throw RedisBackupError(.damaged, "\(RedisDetails.dump) is missing in \(part.set)")
            }
            return RedisRestoreSession(try await liveRestore(dump))
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func undoState(set: String) async throws -> UndoState {
        do {
            let kept = KeptDump.before(set, in: keepFolder)
            guard kept.isThere else { return .nothing(reason: nothing(set, kept)) }
            try await requireOwn(kept)
            try FolderFiles.requireWritable(keepFolder)
            let summary = try await read(kept) { _ in }
            let info = try await info()
            let check = LiveCheck(address: address, info: info)
            let isFollowing = try leftover(info) != nil
            if isFollowing {
                try check.checkVersion(summary.version, savedBy: summary.auxiliary["redis-ver"])
            } else {
                try await asking { try await check.check(summary, $0) }
            }
            try await requireReplaceable(isFollowing: isFollowing)
            return .possible
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func undo(
        set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        do {
            let kept = KeptDump.before(set, in: keepFolder)
            guard kept.isThere else { throw RedisBackupError(.refused, nothing(set, kept)) }
            try await requireOwn(kept)
            return try await undo(set, kept, observe: observe)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    private func nothing(_ set: String, _ kept: KeptDump) -> String {
        """
        there is no \(kept.path): \(set) was not restored into Redis at \(address), or that was undone already, or what was there before is \
        gone
        """
    }

    private func read(
        _ kept: KeptDump, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RDBSummary {
        do {
            return try await RDBFile(kept.path, name: kept.path).walk(observe: observe)
        } catch let error as RDBError {
            throw RedisBackupError(.damaged, "\(kept.path) cannot be brought back, \(error)")
        }
    }

    private func undo(
        _ set: String, _ kept: KeptDump, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        let summary = try await read(kept, observe: observe)
        let check = LiveCheck(address: address, info: try await freed(try await info()))
        try await asking { try await check.check(summary, $0) }
        let again = "restore --undo \(set) can be tried again"
        let replacement = Replacement(
            target: self, file: kept.path, summary: summary, wayBack: again, record: kept.record)
        let undone = try await replacement.perform(
            keeping: .undone(set, in: keepFolder), copiedAt: nil, observe: observe)
        let notice = try await DiskWait(configuration: configuration, wayBack: "When it can write, \(again)")
            .perform(observe: observe)
        try kept.retire()
        let done = [
            "Redis at \(address) has what it had before \(set) was restored: \(summary.keys.named("key"))",
            "what was there until now is kept as \(undone)",
        ]
        return done + [notice].compactMap(\.self)
    }
}
