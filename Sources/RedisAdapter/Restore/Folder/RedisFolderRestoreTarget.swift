// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Restores into the folder of a Redis server that is stopped, or into a new folder for a server to come.
///
/// The server's RDB file is replaced, and its append-only file as well where it has one, because that is what it would read. The old files stay
/// beside them as `<name>_before_<set>`, from which ``undo(set:observe:)`` brings them back. Each file changes at one instant, on disk
/// before the next step: a crash at any moment leaves what was there before, or what was restored.
public struct RedisFolderRestoreTarget: RestoreTarget {
    /// What the server calls its files; the names that Redis gives them by default.
    public struct Options: Hashable, Sendable {
        /// The server's `dbfilename`.
        public var databaseFile = "dump.rdb"
        /// The server's `appendfilename`.
        public var appendOnlyFile = "appendonly.aof"
        /// The server's `appenddirname`.
        public var appendOnlyFolder = "appendonlydir"
        /// The server's `appendonly`. `nil`: not known; then an append-only file is made also where there is none, because a server with
        /// `appendonly yes` reads nothing else.
        public var appendOnly: Bool?
        /// The version of the server that is going to read the folder: `7.0.15`. An older one than the set needs is refused. `nil`: not known;
        /// then it is the one that wrote the folder's RDB file.
        public var serverVersion: String?

        /// The default options.
        public init() {}
    }

    public var store: StoreName { .redis }
    public var address: String { folder }

    let folder: String
    let server: RedisConfiguration?
    let options: Options

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - folder: The server's folder (`dir`), an absolute path.
    ///   - server: The server that the folder belongs to: as long as anybody answers there, nothing is restored. `nil`: only the processes of
    ///     this machine are looked at, which Linux alone shows.
    ///   - options: What the server calls its files.
    public init(folder: String, server: RedisConfiguration?, options: Options = Options()) {
        self.folder = folder
        self.server = server
        self.options = options
    }

    public func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> RedisRestoreSession {
        guard let into = options.into else {
            return RedisRestoreSession(try await open(part, isNewPlace: false))
        }
        let other = RedisFolderRestoreTarget(folder: into, server: nil, options: self.options)
        return RedisRestoreSession(try await other.open(part, isNewPlace: true))
    }

    /// - Parameter isNewPlace: Whether the folder is made, and must not have data.
    func open(_ part: StoredPart, isNewPlace: Bool) async throws -> FolderRestore {
        do {
            guard folder.hasPrefix("/") else {
                throw RedisBackupError(.configuration, "\(folder) is no absolute path: name a folder, beginning with /")
            }
            let dump = try StoredDump(part)
            guard dump.isThere else {
                throw RedisBackupError(.damaged, "\(RedisDetails.dump) is missing in \(part.set)")
            }
            try checkVersion(dump)
            if isNewPlace, !FolderFiles.isThere(folder) {
                let parent = folder.split(separator: "/").dropLast().joined(separator: "/")
                guard FolderFiles.isFolder("/\(parent)") else {
                    throw RedisBackupError(.refused, "there is no folder /\(parent) to make \(folder) in")
                }
                try checkSpace("/\(parent)", dump, copies: 1)
                return FolderRestore(self, dump, nil)
            }
            try requireFolder()
            try await FolderUse(folder: folder, server: server).check()
            let data = try DataFolder(folder, options)
            guard !isNewPlace || data.isEmpty else {
                throw RedisBackupError(
                    .refused,
                    "\(folder) has data of a Redis server already: name a folder without, or restore in its place")
            }
            try checkAppendOnly(data, dump)
            try checkWriter(data, dump)
            try checkSpace(folder, dump, copies: FolderRestore.form(data, dump, options) == .file ? 2 : 1)
            return FolderRestore(self, dump, data)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func undoState(set: String) async throws -> UndoState {
        do {
            try requireFolder()
            let undo = FolderUndo(target: self, set: set)
            guard undo.isPossible else { return .nothing(reason: undo.nothing) }
            try await FolderUse(folder: folder, server: server).check()
            _ = try undo.steps()
            return .possible
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func undo(
        set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        do {
            try requireFolder()
            try await FolderUse(folder: folder, server: server).check()
            return try FolderUndo(target: self, set: set).perform()
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    // MARK: - Checks

    private func requireFolder() throws(RedisBackupError) {
        guard FolderFiles.isFolder(folder) else {
            throw RedisBackupError(.refused, "there is no folder \(folder): it has to be the server's dir")
        }
    }

    private func checkVersion(_ dump: StoredDump) throws(RedisBackupError) {
        guard let version = options.serverVersion else { return }
        try LiveCheck(address: folder, info: ServerInfo("redis_version:\(version)\n"))
            .checkVersion(dump.details.rdbVersion, savedBy: dump.part.snapshot.serverVersion)
    }

    private func checkWriter(_ data: DataFolder, _ dump: StoredDump) throws(RedisBackupError) {
        let version = dump.details.rdbVersion
        guard options.serverVersion == nil, let writer = data.writtenBy,
            let newest = RDBFormat.newestReadable(byServer: writer), newest < version
        else { return }
        throw RedisBackupError(
            .refused,
            """
            \(dump.part.set) was written by Redis \(dump.part.snapshot.serverVersion ?? "of a newer version") (RDB \(version)), and the RDB \
            file in \(folder) by Redis \(writer), which reads RDB up to \(newest): with it the server would not start. If the server is \
            \(RDBFormat.oldestServer(for: version)) or newer by now, name its version
            """)
    }

    private func checkAppendOnly(_ data: DataFolder, _ dump: StoredDump) throws(RedisBackupError) {
        // Before 4.0 (RDB 8) an append-only file could not begin with an RDB.
        guard data.appendOnly == .file, dump.details.rdbVersion < 8 else { return }
        throw RedisBackupError(
            .refused,
            """
            \(folder) has an append-only file, and \(dump.part.set) is of Redis before 4.0, which cannot read an RDB from it: restore into \
            the running server
            """)
    }

    private func checkSpace(_ folder: String, _ dump: StoredDump, copies: Int64) throws(RedisBackupError) {
        let size = FolderFiles.size(dump.location) ?? 0
        guard let free = FolderFiles.freeBytes(folder), free < size * copies else { return }
        throw RedisBackupError(
            .refused, "\(folder) has \(free / 1_000_000) MB free, and \(size * copies / 1_000_000 + 1) MB are needed")
    }
}
