// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Waits until a server has written its append-only file anew, which it begins when it has loaded the data of a master.
///
/// Until then the old file is the one that it would read if it started again.
struct AppendOnlyWait: Sendable {
    let configuration: RedisConfiguration

    private static let interval = Duration.milliseconds(100)

    /// - Returns: What people have to know because it cannot be waited for; `nil` when all is on disk.
    func perform(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async -> String? {
        let unknown =
            "whether its append-only file is written could not be found out: until INFO persistence says aof_rewrite_in_progress:0 and "
            + "aof_last_bgrewrite_status:ok, a server that starts again may have the old data"
        guard let connection = try? await RedisConnection.open(configuration) else { return unknown }
        let outcome = try? await wait(connection, observe)
        await connection.close()
        return switch outcome {
        case .none: unknown
        case .some(true): nil
        case .some(false):
            "it could not write its append-only file, and would have the old data if it started again: see its log, make room, and run "
                + "BGREWRITEAOF"
        }
    }

    /// - Returns: Whether it was written.
    private func wait(
        _ connection: RedisConnection, _ observe: @Sendable (BackupTargetEvent) -> Void
    ) async throws -> Bool {
        var hasTold = false
        while true {
            let reply = try await connection.ask(["INFO", "persistence"])
            guard let text = reply.string else { throw RedisBackupError(.store, reply.error ?? "no answer") }
            let info = ServerInfo(text)
            guard info["aof_enabled"] == "1" else { return true }
            if info["aof_rewrite_in_progress"] == "0", info["aof_rewrite_scheduled"] == "0" {
                return info["aof_last_bgrewrite_status"] == "ok"
            }
            if !hasTold { observe(.waiting("the server writes its append-only file anew")) }
            hasTold = true
            try await Task.sleep(for: Self.interval)
        }
    }
}
