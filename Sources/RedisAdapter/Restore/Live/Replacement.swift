// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Replaces what a server has, after a last look whether all of that was kept.
struct Replacement: Sendable {
    let target: RedisRestoreTarget
    /// The verified file.
    let file: String
    let summary: RDBSummary
    /// How to get back afterwards: a sentence.
    let wayBack: String
    /// Where it is noted how far this has come.
    let record: String
    /// Whether the copy that is there already stays the one to be brought back, because a replacement was cut off.
    var isResumed = false

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
    /// - Returns: Where what the server had is.
    func perform(
        keeping kept: KeptDump, copiedAt stamp: Stamp?, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> String {
        let reach = try await target.asking { await $0.addresses() }
        let guardian = Guardian(target.configuration, reachedAt: reach?.theirs)
        defer { guardian?.end() }
        if guardian == nil {
            observe(
                .notice(
                    "no process could be started that lets the server go if this one is killed: if that happens, run REPLICAOF NO ONE on it"
                ))
        }
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
            let path = try await perform(keeping: kept, copiedAt: stamp, pause, reach, observe)
            await pause?.end()
            return path
        } catch {
            await pause?.end()
            throw error
        }
    }

    private func perform(
        keeping kept: KeptDump, copiedAt stamp: Stamp?, _ pause: WriterPause?, _ reach: Replay.Reach?,
        _ observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> String {
        // What was written since it was copied has to be copied as well; nobody writes any more.
        if try await Stamp(target.info()) != stamp {
            try await kept.keep(target.copy, observe: observe)
        }
        try await requireHeld(pause)
        let earlier = KeptRecord.read(record)
        let note = KeptRecord(.replacing, try await ServerIdentity.of(target.configuration))
        let publication = try kept.publish(asSecond: isResumed)
        do throws(Replay.Failure) {
            try await Replay(configuration: target.configuration, options: target.options, reach: reach)
                .perform(
                    file, expected: summary.isCounted ? summary.databases : nil,
                    announce: { [note, record] (master) throws(RedisBackupError) in
                        var note = note
                        note.master = master
                        try note.write(record)
                        // Once more, at the last moment: the disk may have taken longer than writers wait.
                        try await requireHeld(pause)
                    },
                    observe: observe)
        } catch {
            if error.isUntouched {
                publication.retract()
                try? takeBack(earlier)
                throw error.error
            }
            // It says whom the server was told to follow: it may still do so.
            if error.isDone, let begun = KeptRecord.read(record) { try? await noteDone(begun) }
            throw RedisBackupError(
                error.error.category,
                "\(error.error.message). What the server had before is in \(publication.path); \(wayBack)")
        }
        if let displaced = publication.displaced {
            observe(.notice("what had been kept as \(publication.path) before is called \(displaced) now"))
        }
        do {
            try await noteDone(note)
        } catch {
            // Then the next restore of this set takes this one for cut off, and keeps more than it has to.
            observe(.notice("it could not be noted that the replacement is done: \(error)"))
        }
        return publication.path
    }

    /// - Throws: When somebody may have written since the pause began.
    private func requireHeld(_ pause: WriterPause?) async throws(RedisBackupError) {
        guard let pause, await !pause.renew() else { return }
        throw RedisBackupError(
            .refused,
            """
            writers could not be held while Redis at \(target.address) was copied, so nothing was changed: stop those who write, and \
            try again
            """)
    }

    /// Notes that the server has all of what it was given, and its new history.
    private func noteDone(_ note: KeptRecord) async throws(RedisBackupError) {
        var note = note
        note.state = .replaced
        if let now = try? await ServerIdentity.of(target.configuration) {
            note.server.histories.formUnion(now.histories)
        }
        try note.write(record)
    }

    private func takeBack(_ earlier: KeptRecord?) throws(RedisBackupError) {
        if let earlier { try earlier.write(record) } else { FolderFiles.remove(record) }
    }
}

extension RedisRestoreTarget {
    /// How the server's data are copied.
    var copy: RedisCopy {
        RedisCopy(configuration: configuration, reasonToWait: "the server prepares a copy of what it has")
    }
}
