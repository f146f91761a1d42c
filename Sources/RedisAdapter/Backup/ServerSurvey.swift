// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What is noted of a server before it is saved. A user who may save need not be allowed to see any of it.
struct ServerSurvey: Sendable {
    var info: ServerInfo?
    var settings = ServerSettings(.null)
    var isSettingsKnown = false
    /// The ACL users, as a server reads them from a file (`aclfile`).
    var users: String?
    var warnings: [String] = []

    /// Whether it has an append-only file; `nil`: not known.
    var hasAppendOnlyFile: Bool? { info?["aof_enabled"].map { $0 == "1" } }

    /// Asks a server.
    ///
    /// - Throws: ``RedisBackupError`` when it cannot be reached, refuses us, or is not ready.
    static func make(_ configuration: RedisConfiguration, savesUsers: Bool) async throws -> ServerSurvey {
        let connection = try await RedisConnection.open(configuration)
        do {
            var survey = ServerSurvey()
            try await survey.askInfo(connection, configuration)
            try await survey.askSettings(connection)
            if savesUsers { try await survey.askUsers(connection) }
            await connection.close()
            return survey
        } catch {
            await connection.close()
            throw error
        }
    }

    private mutating func askInfo(_ connection: RedisConnection, _ configuration: RedisConfiguration) async throws {
        let reply = try await connection.ask(["INFO"])
        if let error = reply.error {
            // Everything else is the fault of this one command.
            guard reply.errorCode == "NOPERM" else {
                throw SyncRefusal(endpoint: configuration.endpoint, user: configuration.user).error(
                    error, command: "INFO")
            }
            warnings.append("version, role and memory of the server are not noted: the user may not run INFO")
            return
        }
        let info = ServerInfo(reply.string ?? "")
        self.info = info
        if info.isLoading {
            throw SyncRefusal(endpoint: configuration.endpoint, user: nil).error("LOADING", command: "SYNC")
        }
        if info.isClusterNode {
            warnings.append("the server is one node of a cluster: the set holds the keys of this node only")
        }
        if let used = info.number("used_memory") {
            let isLocal = await connection.isLocal
            let memory = ForkMemory(
                used: used, available: isLocal ? LocalMemory.available : nil, total: info.number("total_system_memory"))
            if let warning = memory.warning { warnings.append(warning) }
        }
    }

    private mutating func askSettings(_ connection: RedisConnection) async throws {
        let reply = try await connection.ask(["CONFIG", "GET", "*"])
        guard reply.array != nil else {
            warnings.append(
                "the server's settings are not noted: CONFIG GET is not allowed (\(reply.errorCode ?? "no answer"))")
            return
        }
        settings = ServerSettings(reply)
        isSettingsKnown = true
    }

    private mutating func askUsers(_ connection: RedisConnection) async throws {
        let reply = try await connection.ask(["ACL", "LIST"])
        if let lines = reply.array {
            users = lines.compactMap(\.string).map { $0 + "\n" }.joined()
        } else if reply.errorCode == "NOPERM" {
            warnings.append("the server's users are not saved: the user may not run ACL LIST")
        }
        // Any other error: the server is older than 6.0 and has no users.
    }
}

extension RedisConnection {
    /// Whether the server is on this machine.
    var isLocal: Bool {
        guard let addresses = addresses() else { return true }
        return addresses.ours.host == addresses.theirs.host
    }
}
