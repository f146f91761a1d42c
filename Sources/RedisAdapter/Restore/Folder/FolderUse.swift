// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Finds out whether a server uses a folder. Redis leaves no lock there: one has to look for the server.
struct FolderUse: Sendable {
    let folder: String
    /// The server that the folder belongs to.
    let server: RedisConfiguration?

    private static let programs = ["redis-server", "valkey-server", "keydb-server"]

    /// - Throws: ``RedisBackupError`` of category `refused` when one does, or could.
    func check() async throws {
        try checkProcesses()
        try checkClusterLock()
        guard let server, await answers(server) else { return }
        throw RedisBackupError(
            .refused,
            """
            Redis at \(server.endpoint) runs, and would write over what is restored into \(folder): stop it first (systemctl stop \
            redis-server, or redis-cli SHUTDOWN)
            """)
    }

    /// Whether somebody listens; who it is does not matter.
    private func answers(_ server: RedisConfiguration) async -> Bool {
        var plain = RedisConfiguration(server.endpoint)
        plain.connectTimeout = .seconds(3)
        guard let connection = try? await RedisConnection.open(plain) else { return false }
        await connection.close()
        return true
    }

    // MARK: - This machine

    /// A server's working directory is its folder.
    private func checkProcesses() throws(RedisBackupError) {
        let own = FolderFiles.identity(folder)
        guard let own, let names = try? FolderFiles.names(in: "/proc") else { return }
        for name in names where name.allSatisfy(\.isNumber) {
            guard let words = FolderFiles.beginning(of: "/proc/\(name)/comm", 64) else { continue }
            let program = String(decoding: words.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            guard Self.programs.contains(program) else { continue }
            if let used = FolderFiles.identity("/proc/\(name)/cwd") {
                guard used == own else { continue }
                throw RedisBackupError(
                    .refused,
                    "\(program), process \(name), uses \(folder), and would write over what is restored: stop it first")
            }
            // It ended meanwhile, or is another user's.
            guard errno == EACCES || errno == EPERM, couldWrite(process: name) else { continue }
            throw RedisBackupError(
                .refused,
                """
                \(program), process \(name), may use \(folder); that cannot be found out, because it belongs to another user: stop it, or \
                run this as that user or as root
                """)
        }
    }

    private func couldWrite(process: String) -> Bool {
        var status = stat()
        var place = stat()
        guard stat("/proc/\(process)", &status) == 0, stat(folder, &place) == 0 else { return false }
        return status.st_uid == 0 || status.st_uid == place.st_uid || place.st_mode & 0o022 != 0
    }

    /// A node of a cluster locks its list of nodes.
    private func checkClusterLock() throws(RedisBackupError) {
        let path = "\(folder)/nodes.conf"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        throw RedisBackupError(.refused, "a node of a cluster uses \(folder) (\(path) is locked): stop it first")
    }
}
