// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Waits until a server has on its disk what it has loaded, as far as it keeps anything there.
///
/// Until then the old files are those that it would read if it started again.
struct DiskWait: Sendable {
    let configuration: RedisConfiguration
    /// How it is taken back, a sentence.
    let wayBack: String

    /// - Returns: What people have to know because it could not be found out; `nil` when all is on disk.
    /// - Throws: ``RedisBackupError`` of category `volatile` when the server cannot write it.
    func perform(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> String? {
        do {
            let info = try await persistence()
            if info["aof_enabled"] == "1" { return try await AppendOnlyWait(self).perform(observe) }
            return try await SnapshotWait(self).perform(observe)
        } catch let failure as Failure {
            throw failure.error
        } catch {
            return """
                whether what it has now is on its disk could not be found out (\(error)): until INFO persistence says \
                aof_rewrite_in_progress:0 and aof_last_bgrewrite_status:ok, or SAVE was run, a server that starts again may have the old data
                """
        }
    }

    /// The server cannot write.
    struct Failure: Error { let error: RedisBackupError }

    func failure(_ reason: String) -> Failure {
        Failure(
            error: RedisBackupError(
                .volatile,
                """
                Redis at \(configuration.endpoint) has the new data in memory, but not on its disk: \(reason). If it started again it would \
                have the old ones. \(wayBack)
                """))
    }

    func persistence() async throws -> ServerInfo {
        let reply = try await ask(["INFO", "persistence"])
        guard let text = reply.string else { throw RedisBackupError(.store, reply.error ?? "no answer") }
        return ServerInfo(text)
    }

    func ask(_ words: [String]) async throws -> RedisReply {
        try await RedisConnection.asking(configuration, words)
    }
}
