// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Whether a running server can load a dump. One that cannot would not refuse it, but end.
struct LiveCheck: Sendable {
    let address: String
    let info: ServerInfo

    func checkRole() throws(RedisBackupError) {
        if info.isReplica {
            let master = "\(info["master_host"] ?? "?"):\(info["master_port"] ?? "?")"
            throw RedisBackupError(
                .refused,
                """
                Redis at \(address) is a replica of \(master), which would replace what is restored: restore into its master. If a restore \
                that was cut off left it so, REPLICAOF NO ONE makes it a master again
                """)
        }
        if info.isClusterNode {
            throw RedisBackupError(
                .refused,
                """
                Redis at \(address) is a node of a cluster, which takes no other master: restore into its folder while it is stopped
                """)
        }
    }

    func checkVersion(_ version: Int, savedBy saved: String?) throws(RedisBackupError) {
        let server = info.version ?? "unknown"
        guard let newest = RDBFormat.newestReadable(byServer: server), version > newest else { return }
        throw RedisBackupError(
            .refused,
            """
            what is to be restored was written by Redis \(saved ?? "of a newer version") (RDB \(version)), and Redis at \(address) is \
            \(server), which reads RDB up to \(newest): restore into Redis \(RDBFormat.oldestServer(for: version)) or newer
            """)
    }

    func check(_ summary: RDBSummary, _ control: RedisConnection) async throws {
        try checkRole()
        try checkVersion(summary.version, savedBy: summary.auxiliary["redis-ver"])
        try await checkDatabases(summary.databases, control)
        let missing = ModuleType.missing(summary.moduleTypes, loaded: info.modules)
        if !missing.isEmpty {
            throw RedisBackupError(
                .refused,
                """
                there is data of modules in what is to be restored, and Redis at \(address) has not what it needs: \
                \(missing.joined(separator: ", ")). A server that meets it ends: load the same modules first
                """)
        }
    }

    /// What has to be known of modules before; `nil` when nothing has.
    func moduleNotice(_ summary: RDBSummary) -> String? {
        let types = ModuleType.unknown(summary.moduleTypes)
        guard !types.isEmpty else { return nil }
        return """
            there is data of modules in what is to be restored (\(types.joined(separator: ", "))); whether one of those that Redis at \(address) \
            has (\(info.modules.joined(separator: ", "))) can read it is not known here: a server that cannot ends while it loads
            """
    }

    func checkDatabases(_ databases: [RDBSummary.Database], _ control: RedisConnection) async throws {
        guard let last = databases.map(\.number).max(), last > 0 else { return }
        let reply = try await control.ask(["SELECT", "\(last)"])
        guard let code = reply.errorCode else { return }
        guard code == "NOPERM" else {
            throw RedisBackupError(
                .refused,
                """
                there are keys in database \(last) of what is to be restored, and Redis at \(address) has fewer databases: set databases to \
                \(last + 1) or more in its configuration and start it again
                """)
        }
        throw RedisBackupError(
            .refused,
            """
            there are keys in database \(last) of what is to be restored, and whether Redis at \(address) has as many databases cannot be \
            found out: allow this user +select
            """)
    }

    /// What people should know before.
    func notices(_ dump: StoredDump) -> [String] {
        var notices: [String] = []
        let keys = info.databases.reduce(0) { $0 + $1.keys }
        if keys > 0 {
            notices.append(
                "Redis at \(address) has \(keys.named("key")), which \(keys == 1 ? "is" : "are") replaced")
        }
        if let replicas = info.number("connected_slaves"), replicas > 0 {
            notices.append("its \(replicas.named("replica")) will load the restored data as well")
        }
        if let limit = info.number("maxmemory"), limit > 0, let used = dump.details.usedMemory, used > limit {
            let policy = info["maxmemory_policy"] ?? "unknown"
            let effect = policy == "noeviction" ? "it will refuse writes then" : "it will throw keys away then"
            notices.append(
                """
                the server that was saved used \(used / 1_000_000) MB, and Redis at \(address) may use \(limit / 1_000_000) MB (maxmemory, \
                with maxmemory-policy \(policy)): \(effect)
                """)
        }
        if dump.details.hasUsers {
            notices.append(
                "users are not restored with the data: \(RedisDetails.users) of the set holds them (aclfile, ACL LOAD)")
        }
        return notices
    }
}
