// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// The restore of one set into one running server.
final class LiveRestore: RestoreSession {
    private struct Prepared {
        var summary: RDBSummary
        var stamp: Replacement.Stamp
        /// Whether an earlier restore of the set was cut off, and its copy is the one to be brought back.
        var isResumed: Bool
    }

    let notices: [String]
    private let target: RedisRestoreTarget
    private let dump: StoredDump
    private let kept: KeptDump
    private let hasAppendOnlyFile: Bool
    private let prepared = Mutex<Prepared?>(nil)

    init(target: RedisRestoreTarget, dump: StoredDump, info: ServerInfo, leftover: KeptRecord?) {
        self.target = target
        self.dump = dump
        let cutOff = leftover.map { _ in
            "a restore that was cut off has left Redis at \(target.address) a replica of nobody: it is let go first (REPLICAOF NO ONE)"
        }
        notices = [cutOff].compactMap(\.self) + LiveCheck(address: target.address, info: info).notices(dump)
        kept = .before(dump.part.set, in: target.keepFolder)
        hasAppendOnlyFile = info["aof_enabled"] == "1"
    }

    var steps: [String] {
        [
            "read \(RedisDetails.dump) from its first to its last byte",
            "copy what Redis at \(target.address) has now to \(kept.path)",
            "let writers wait, and copy once more if something was written meanwhile",
            "become its master for a moment (REPLICAOF), so that it loads \(RedisDetails.dump) in place of all its databases",
            "compare the keys of each database",
            "let it go (REPLICAOF NO ONE)",
            hasAppendOnlyFile
                ? "wait until it has written its append-only file anew"
                : "have it save what it has loaded (BGSAVE), and wait, where that is not its file already (repl-diskless-load)",
        ]
    }

    func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        do {
            let (summary, problems) = try await dump.examine(observe: observe)
            guard let summary, problems.isEmpty else {
                throw RedisBackupError(.damaged, "nothing was changed: \(problems.joined(separator: "; "))")
            }
            let info = try await target.freed(try await target.info())
            let check = LiveCheck(address: target.address, info: info)
            try await target.asking { try await check.check(summary, $0) }
            if let notice = check.moduleNotice(summary) { observe(.notice(notice)) }
            let isResumed = try await target.isCutOff(kept)
            try await kept.keep(target.copy, observe: observe)
            let done = Prepared(summary: summary, stamp: Replacement.Stamp(info), isResumed: isResumed)
            prepared.withLock { $0 = done }
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        guard let prepared = prepared.withLock(\.self) else {
            throw RedisBackupError(.refused, "the restore of \(dump.part.set) was not prepared")
        }
        let back = "restore --undo \(dump.part.set) brings it back"
        do {
            try LiveCheck(address: target.address, info: try await target.info()).checkRole()
            let replacement = Replacement(
                target: target, file: dump.location, summary: prepared.summary, wayBack: back, record: kept.record,
                isResumed: prepared.isResumed)
            let copy = try await replacement.perform(keeping: kept, copiedAt: prepared.stamp, observe: observe)
            let keys = prepared.summary.isCounted ? "\(prepared.summary.keys) keys" : "the data of \(dump.part.set)"
            let notice = try await DiskWait(
                configuration: target.configuration, wayBack: "What it had before is in \(kept.path); \(back)"
            )
            .perform(observe: observe)
            var done = ["Redis at \(target.address) has \(keys)", "what it had before is kept as \(kept.path)", back]
            if prepared.isResumed {
                done[1] += " since the restore that was cut off, and what it had until now as \(copy)"
            }
            return done + [notice].compactMap(\.self)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    func discard() async { kept.forget() }
}
