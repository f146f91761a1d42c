// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// The restore of one set into one running server.
final class LiveRestore: RestoreSession {
    private struct Prepared {
        var summary: RDBSummary
        var stamp: Replacement.Stamp
    }

    let notices: [String]
    private let target: RedisRestoreTarget
    private let dump: StoredDump
    private let control: RedisConnection
    private let kept: KeptDump
    private let prepared = Mutex<Prepared?>(nil)

    init(target: RedisRestoreTarget, dump: StoredDump, control: RedisConnection, info: ServerInfo) {
        self.target = target
        self.dump = dump
        self.control = control
        notices = LiveCheck(address: target.address, info: info).notices(dump)
        kept = .before(dump.part.set, in: target.keepFolder)
    }

    var steps: [String] {
        [
            "read \(RedisDetails.dump) from its first to its last byte",
            "copy what Redis at \(target.address) has now to \(kept.path)",
            "let writers wait, and copy once more if something was written meanwhile",
            "become its master for a moment (REPLICAOF), so that it loads \(RedisDetails.dump) in place of all its databases",
            "compare the keys of each database",
            "let it go (REPLICAOF NO ONE)",
        ]
    }

    func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        do {
            let (summary, problems) = try await dump.examine(observe: observe)
            guard let summary, problems.isEmpty else {
                throw RedisBackupError(.damaged, "nothing was changed: \(problems.joined(separator: "; "))")
            }
            let info = try await target.info(control)
            try await LiveCheck(address: target.address, info: info).check(summary, control)
            try await kept.keep(target.copy, observe: observe)
            prepared.withLock { $0 = Prepared(summary: summary, stamp: Replacement.Stamp(info)) }
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
            try LiveCheck(address: target.address, info: try await target.info(control)).checkRole()
            let replacement = Replacement(
                target: target, control: control, file: dump.location, summary: prepared.summary, wayBack: back)
            try await replacement.perform(keeping: kept, copiedAt: prepared.stamp, observe: observe)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
        let keys = prepared.summary.isCounted ? "\(prepared.summary.keys) keys" : "the data of \(dump.part.set)"
        let notice = await AppendOnlyWait(configuration: target.configuration).perform(observe: observe)
        let done = ["Redis at \(target.address) has \(keys)", "what it had before is kept as \(kept.path)", back]
        return done + [notice].compactMap(\.self)
    }

    func discard() async {
        kept.forget()
        await control.close()
    }
}
