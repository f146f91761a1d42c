// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Replaces what a server has, after a last look whether all of that was kept.
struct Replacement: Sendable {
    let target: RedisRestoreTarget
    let control: RedisConnection
    /// The verified file.
    let file: String
    let summary: RDBSummary
    /// How to get back afterwards: a sentence.
    let wayBack: String

    /// What tells whether something was written: the server's run, its count of changes, and when that began.
    struct Stamp: Hashable, Sendable {
        let values: [String?]

        init(_ info: ServerInfo) {
            values = ["run_id", "rdb_changes_since_last_save", "rdb_last_save_time", "rdb_saves"].map { info[$0] }
        }
    }

    /// - Parameters:
    ///   - kept: Where what the server has goes.
    ///   - stamp: The server's state before it was copied; `nil` when it was not copied yet.
    func perform(
        keeping kept: KeptDump, copiedAt stamp: Stamp?, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let pause = await WriterPause.begin(target.configuration)
        if pause == nil {
            observe(
                .notice(
                    """
                    writers cannot be made to wait (CLIENT PAUSE needs Redis 6.2 and the right to it): what they write now may be neither \
                    kept nor restored
                    """))
        }
        do {
            try await perform(keeping: kept, copiedAt: stamp, pause, observe)
        } catch {
            await pause?.end()
            throw error
        }
        await pause?.end()
    }

    private func perform(
        keeping kept: KeptDump, copiedAt stamp: Stamp?, _ pause: WriterPause?,
        _ observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        // What was written since it was copied has to be copied as well; nobody writes any more.
        if try await Stamp(target.info(control)) != stamp {
            try await kept.keep(target.copy, observe: observe)
        }
        if let pause, await !pause.renew() {
            throw RedisBackupError(
                .refused,
                """
                writers could not be held while Redis at \(target.address) was copied, so nothing was changed: stop those who write, and \
                try again
                """)
        }
        let publication = try kept.publish()
        do throws(Replay.Failure) {
            try await Replay(configuration: target.configuration, options: target.options)
                .perform(
                    file, expected: summary.isCounted ? summary.databases : nil, control: control, observe: observe)
        } catch {
            if error.isUntouched {
                publication.retract()
                throw error.error
            }
            throw RedisBackupError(
                error.error.category,
                "\(error.error.message). What the server had before is in \(kept.path); \(wayBack)")
        }
    }
}

extension RedisRestoreTarget {
    /// How the server's data are copied.
    var copy: RedisCopy {
        RedisCopy(configuration: configuration, reasonToWait: "the server prepares a copy of what it has")
    }
}
