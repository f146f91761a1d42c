// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Replaces what a server has, after a last look whether all of that was kept.
struct Replacement: Sendable {
    let target: RedisRestoreTarget
    let control: RedisConnection
    /// The verified file.
    let file: String
    let summary: RDBSummary

    /// How long writers wait at most: until the copy is done and the server follows us.
    private static let pauseMilliseconds = 120_000

    /// What tells whether something was written: the server's run, its count of changes, and when that began.
    struct Stamp: Hashable, Sendable {
        let values: [String?]

        init(_ info: ServerInfo) {
            values = ["run_id", "rdb_changes_since_last_save", "rdb_last_save_time"].map { info[$0] }
        }
    }

    /// - Parameters:
    ///   - kept: Where what the server has goes.
    ///   - stamp: The server's state before it was copied; `nil` when it was not copied yet.
    func perform(
        keeping kept: KeptDump, copiedAt stamp: Stamp?, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let isPaused = await pause(observe)
        do {
            var last = stamp
            if try await Stamp(target.info(control)) != last {
                last = try await Stamp(target.info(control))
                _ = try await kept.keep(target.copy, observe: observe)
                let now = try await Stamp(target.info(control))
                // A copy to the server's own disk counts as a save: only a greater count means that something was written.
                if isPaused, now != last, now.values[1].flatMap({ Int64($0) }) ?? 0 > 0,
                    now.values[2] == last?.values[2]
                {
                    throw RedisBackupError(
                        .refused,
                        "something was written while Redis at \(target.address) was copied: stop those who write, and try again"
                    )
                }
            }
            try await Replay(configuration: target.configuration, options: target.options)
                .perform(
                    file, expected: summary.isCounted ? summary.databases : nil, control: control, observe: observe)
        } catch {
            if isPaused { await unpause() }
            let error = RedisBackupError.wrapping(error)
            guard let error = error as? RedisBackupError, error.category != .refused else { throw error }
            throw RedisBackupError(error.category, "\(error.message). What the server had before is in \(kept.path)")
        }
        if isPaused { await unpause() }
    }

    /// Lets writers wait; false when the server cannot do that.
    private func pause(_ observe: @Sendable (BackupTargetEvent) -> Void) async -> Bool {
        let reply = try? await control.ask(["CLIENT", "PAUSE", "\(Self.pauseMilliseconds)", "WRITE"])
        guard let reply, reply.error == nil else {
            observe(
                .notice(
                    "writers cannot be made to wait (CLIENT PAUSE needs Redis 6.2 and the right to it): what they write now is not kept"
                ))
            return false
        }
        return true
    }

    private func unpause() async {
        // Not a child of this task, which may have been cancelled.
        await Task.detached { [configuration = target.configuration] in
            guard let connection = try? await RedisConnection.open(configuration) else { return }
            _ = try? await connection.ask(["CLIENT", "UNPAUSE"])
            await connection.close()
        }.value
    }
}

extension RedisRestoreTarget {
    /// How the server's data are copied.
    var copy: RedisCopy {
        RedisCopy(configuration: configuration, reasonToWait: "the server prepares a copy of what it has")
    }
}
