// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// The restore of one set into one running server.
public final class RedisRestoreSession: RestoreSession {
    private struct Prepared {
        var summary: RDBSummary
        var stamp: Replacement.Stamp
    }

    private let target: RedisRestoreTarget
    private let dump: StoredDump
    private let control: RedisConnection
    private let info: ServerInfo
    private let kept: KeptDump
    private let prepared = Mutex<Prepared?>(nil)

    init(target: RedisRestoreTarget, dump: StoredDump, control: RedisConnection, info: ServerInfo) {
        self.target = target
        self.dump = dump
        self.control = control
        self.info = info
        kept = .before(dump.part.set, in: target.keepFolder)
    }

    public var steps: [String] {
        [
            "read \(RedisDetails.dump) from its first to its last byte",
            "keep what Redis at \(target.address) has now as \(kept.path)",
            "become its master for a moment (REPLICAOF), so that it loads \(RedisDetails.dump) in place of all its databases",
            "compare the keys of each database",
            "let it go (REPLICAOF NO ONE)",
        ]
    }

    public var notices: [String] {
        var notices: [String] = []
        let keys = info.databases.reduce(0) { $0 + $1.keys }
        if keys > 0 { notices.append("Redis at \(target.address) has \(keys) keys, which are replaced") }
        if let replicas = info.number("connected_slaves"), replicas > 0 {
            notices.append("its \(replicas) replicas will load the restored data as well")
        }
        if dump.details.hasUsers {
            notices.append(
                "users are not restored with the data: \(RedisDetails.users) of the set holds them (aclfile, ACL LOAD)")
        }
        return notices
    }

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        do {
            let (summary, problems) = try await dump.examine(observe: observe)
            guard let summary, problems.isEmpty else {
                throw RedisBackupError(.damaged, "nothing was changed: \(problems.joined(separator: "; "))")
            }
            let stamp = Replacement.Stamp(try await target.info(control))
            _ = try await kept.keep(target.copy, observe: observe)
            prepared.withLock { $0 = Prepared(summary: summary, stamp: stamp) }
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        guard let prepared = prepared.withLock(\.self) else {
            throw RedisBackupError(.refused, "the restore of \(dump.part.set) was not prepared")
        }
        do {
            try RedisRestoreTarget.checkRole(try await target.info(control), target.address)
            let replacement = Replacement(
                target: target, control: control, file: dump.location, summary: prepared.summary)
            try await replacement.perform(keeping: kept, copiedAt: prepared.stamp, observe: observe)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
        let keys = prepared.summary.isCounted ? "\(prepared.summary.keys) keys" : "the data of \(dump.part.set)"
        return [
            "Redis at \(target.address) has \(keys)", "what it had before is kept as \(kept.path)",
            "restore --undo \(dump.part.set) brings it back",
        ]
    }

    public func discard() async {
        // What was kept stays: it is a whole copy, and nobody but its owner can say whether it is still needed.
        await control.close()
    }
}
