// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import ThrowawayRedis

/// Proves what a set holds of a Redis server: by reading every byte, and on a throw-away server.
///
/// For proof, a `redis-server` of this machine loads the dump. It takes itself for a replica, because a master throws away keys whose time is
/// over while it loads, and those were in the backup too: so nothing that merely expired since then is a difference. What it holds is read back
/// as replicas read it, and compared with what was noted when the set was made: the keys of each database, and a digest of all contents.
public struct RedisArtifactVerifier: ArtifactVerifier {
    public var store: StoreName { .redis }

    let launcher: any ProcessLauncher
    let programs: String?
    let folder: String

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - launcher: Starts `redis-server`.
    ///   - programs: The folder of `redis-server`; `nil` looks for it in `PATH`.
    ///   - folder: Where the throw-away server has its socket; it needs no space there.
    public init(launcher: any ProcessLauncher, programs: String? = nil, folder: String = "/tmp") {
        self.launcher = launcher
        self.programs = programs
        self.folder = folder
    }

    public func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        do {
            let dump = try StoredDump(part)
            var problems = try await dump.examine(observe: observe).problems
            let known = [RedisDetails.dump, RedisDetails.users]
            for artifact in part.artifacts where !known.contains(artifact.path) {
                problems.append("\(artifact.path) is no part of a backup of Redis")
            }
            if dump.details.hasUsers {
                switch UsersFile.isReadable(at: "\(part.folder)/\(RedisDetails.users)") {
                case nil: problems.append("\(RedisDetails.users) is missing")
                case false: problems.append("\(RedisDetails.users) is no list of users")
                default: break
                }
            }
            return problems
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        do {
            let dump = try StoredDump(part)
            let binary = try await RedisBinary.find(in: programs, launcher: launcher)
            try Self.check(dump, binary.version)
            // A damaged file would only make the server end, and say less of the reason.
            let (summary, problems) = try await dump.examine(observe: observe)
            guard let summary, problems.isEmpty else {
                return RestoreProof(compared: [], differences: problems, serverVersion: nil)
            }
            guard !summary.needsModules else {
                throw RedisBackupError(
                    .configuration,
                    """
                    \(RedisDetails.dump) holds data of modules, which a throw-away server does not have: it cannot be proven by restoring. \
                    Load it into a server with the same modules.
                    """)
            }
            return try await prove(dump, summary, observe: observe)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    /// Refuses what the server cannot load, before it tries.
    private static func check(_ dump: StoredDump, _ version: String) throws(RedisBackupError) {
        if let newest = RDBFormat.newestReadable(byServer: version), dump.details.rdbVersion > newest {
            throw RedisBackupError(
                .configuration,
                """
                \(RedisDetails.dump) was written by Redis \(dump.part.snapshot.serverVersion ?? "of a newer version") (RDB \
                \(dump.details.rdbVersion)), and the redis-server here is \(version), which reads RDB up to \(newest). To prove it, install \
                Redis \(RDBFormat.oldestServer(for: dump.details.rdbVersion)) or newer.
                """)
        }
        if let used = dump.details.usedMemory, let available = LocalMemory.available, used > available {
            throw RedisBackupError(
                .configuration,
                """
                the server used \(used / 1_000_000) MB when it was saved, and this machine has \(available / 1_000_000) MB free: a throw-away \
                server cannot load it here. Prove the set on a machine with more memory.
                """)
        }
    }

    private func prove(
        _ dump: StoredDump, _ summary: RDBSummary, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        observe(.waiting("a throw-away Redis server loads \(RedisDetails.dump)"))
        var options = ThrowawayRedis.Options()
        options.programs = programs
        options.parentFolder = folder
        options.data = dump.location
        options.keepsExpiredKeys = true
        let databases = max(16, (summary.databases.last?.number ?? 0) + 1)
        options.settings["databases"] = "\(databases)"
        return try await ThrowawayRedis.withServer(options, launcher: launcher) { server in
            let configuration = RedisConfiguration(.socket(server.socket))
            let connection = try await RedisConnection.open(configuration)
            let proof = try await ProvenServer(connection: connection, configuration: configuration)
                .compare(with: dump, summary, version: server.version, observe: observe)
            await connection.close()
            return proof
        }
    }
}
