// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension RedisRestoreTarget {
    /// Finds out whether a dump can be restored; changes nothing.
    func liveRestore(_ dump: StoredDump) async throws -> LiveRestore {
        try FolderFiles.requireWritable(keepFolder)
        let info = try await info()
        let leftover = try leftover(info)
        let check = LiveCheck(address: address, info: info)
        if leftover == nil { try check.checkRole() }
        try check.checkVersion(dump.details.rdbVersion, savedBy: dump.part.snapshot.serverVersion)
        try await asking { try await check.checkDatabases(dump.details.databases ?? [], $0) }
        _ = try await isCutOff(.before(dump.part.set, in: keepFolder))
        try await requireReplaceable(isFollowing: leftover != nil)
        return LiveRestore(target: self, dump: dump, info: info, leftover: leftover)
    }

    /// Whether this user may let the server load what a master sends.
    ///
    /// - Parameter isFollowing: Whether a restore that was cut off has left it a replica.
    func requireReplaceable(isFollowing: Bool) async throws {
        try await checkReadOnly()
        if !isFollowing { try await checkRight() }
    }

    /// Asks the server over a connection that ends with the body.
    func asking<Result: Sendable>(_ body: (RedisConnection) async throws -> Result) async throws -> Result {
        let connection = try await RedisConnection.open(configuration)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    func info() async throws -> ServerInfo {
        let reply = try await RedisConnection.asking(configuration, ["INFO"])
        if let error = reply.error {
            throw SyncRefusal(endpoint: configuration.endpoint, user: configuration.user).error(error, command: "INFO")
        }
        let info = ServerInfo(reply.string ?? "")
        if info.isLoading {
            throw SyncRefusal(endpoint: configuration.endpoint, user: nil).error("LOADING", command: "INFO")
        }
        return info
    }

    /// Seen again when it follows us, for users who may not ask for settings.
    private func checkReadOnly() async throws {
        for name in ["replica-read-only", "slave-read-only"] {
            let reply = try await asking { try await $0.ask(["CONFIG", "GET", name]) }
            guard reply.array?.dropFirst().first?.string == "no" else { continue }
            throw Replay.writable(configuration.endpoint)
        }
    }

    /// A master that is to follow nobody does nothing; whether it may be told is known before any store is touched.
    private func checkRight() async throws {
        let reply = try await asking { connection -> RedisReply? in
            // Once more, at the last moment: a replica would become a master by it.
            let info = ServerInfo(try await connection.ask(["INFO", "replication"]).string ?? "")
            return info["role"] == "master" ? try await connection.ask(["REPLICAOF", "NO", "ONE"]) : nil
        }
        if let reply, let error = reply.error {
            throw Replay.refusal(error, reply.errorCode, at: configuration.endpoint)
        }
    }

    // MARK: - What was cut off

    /// The note of a restore that was cut off and has left the server a replica of this process's forerunner.
    func leftover(_ info: ServerInfo) throws(RedisBackupError) -> KeptRecord? {
        guard info.isReplica, info["master_link_status"] != "up", let host = info["master_host"],
            let port = info["master_port"]
        else { return nil }
        let server = ServerIdentity(address, info)
        // Also one that has all the data already, and could only not be told to follow nobody.
        let found = KeptRecord.all(in: keepFolder).first {
            $0.master == "\(host) \(port)" && $0.server.isSame(as: server)
        }
        if let found { try requireNotAtWork(found) }
        return found
    }

    /// Lets the server go where a restore that was cut off has left it a replica of nobody.
    ///
    /// - Returns: What it says of itself then.
    func freed(_ info: ServerInfo) async throws -> ServerInfo {
        guard try leftover(info) != nil else { return info }
        let reply = try await RedisConnection.asking(configuration, ["REPLICAOF", "NO", "ONE"])
        if let error = reply.error { throw Replay.refusal(error, reply.errorCode, at: configuration.endpoint) }
        _ = try await RedisConnection.asking(configuration, ["CLIENT", "UNPAUSE"])
        return try await self.info()
    }

    /// Whether a replacement that has this copy was cut off, so that nobody knows what the server has now.
    func isCutOff(_ kept: KeptDump) async throws -> Bool {
        guard kept.isThere, let record = KeptRecord.read(kept.record), record.state == .replacing else { return false }
        guard try await record.server.isSame(as: .of(configuration)) else { return false }
        try requireNotAtWork(record)
        return true
    }

    private func requireNotAtWork(_ record: KeptRecord) throws(RedisBackupError) {
        guard record.isAtWork else { return }
        throw RedisBackupError(
            .refused,
            "process \(record.process.id) replaces what Redis at \(record.server.address) has at this moment: wait for its end"
        )
    }

    /// A copy of another server is not brought back into this one.
    func requireOwn(_ kept: KeptDump) async throws {
        guard let record = KeptRecord.read(kept.record) else {
            throw RedisBackupError(
                .refused,
                "nothing says of which server \(kept.path) is (\(kept.record) is missing): load it by hand, as RESTORE.md of a set says"
            )
        }
        try requireNotAtWork(record)
        let server = try await ServerIdentity.of(configuration)
        guard record.server.isSame(as: server) else {
            func place(_ server: ServerIdentity) -> String {
                let folder = server.folder.map { ", folder \($0)" } ?? ""
                return "\(server.address)\(server.machine.map { " on \($0)" } ?? "")\(folder)"
            }
            if place(record.server) == place(server) {
                throw RedisBackupError(
                    .refused,
                    """
                    whether Redis at \(place(server)) is still the server that \(kept.path) is of is not known: it is on another machine, and has \
                    started again since. If it is, load the file by hand, as RESTORE.md of a set says
                    """)
            }
            throw RedisBackupError(
                .refused,
                """
                \(kept.path) is of Redis at \(place(record.server)), and this is \(place(server)): it is not brought back into another server. \
                Name that one, or load the file by hand, as RESTORE.md of a set says
                """)
        }
    }
}
