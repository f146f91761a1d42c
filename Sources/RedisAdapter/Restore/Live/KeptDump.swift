// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A copy of what a server had before something was restored into it, in a folder.
///
/// It has its name only when it is whole and on disk, and something is about to replace what it was made of. An earlier one of that name gets
/// a number: nothing is overwritten.
struct KeptDump: Hashable, Sendable {
    let folder: String
    /// `redis_before_backup_20250916_123000`.
    let name: String

    /// Where the newest one is.
    var path: String { "\(folder)/\(name).rdb" }
    private var partial: String { "\(folder)/.\(name).partial" }

    static func before(_ set: String, in folder: String) -> KeptDump {
        KeptDump(folder: folder, name: "redis_before_\(set)")
    }

    static func undone(_ set: String, in folder: String) -> KeptDump {
        KeptDump(folder: folder, name: "redis_undone_\(set)")
    }

    var isThere: Bool { access(path, F_OK) == 0 }

    /// Copies a server's data, not under its name yet; an earlier copy that has no name is replaced.
    func keep(_ copy: RedisCopy, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        let sink = try FileSink(partial)
        do {
            _ = try await copy.perform(into: sink, observe: observe)
            try sink.finish()
        } catch {
            forget()
            throw error
        }
    }

    /// Takes away a copy that has no name yet.
    func forget() { unlink(partial) }

    /// Gives the copy its name.
    ///
    /// - Returns: What has to be known to take that back.
    func publish() throws(RedisBackupError) -> Publication {
        var publication = Publication(kept: self, displaced: nil)
        if isThere {
            var number = 1
            while access("\(folder)/\(name).\(number).rdb", F_OK) == 0 { number += 1 }
            let other = "\(folder)/\(name).\(number).rdb"
            guard rename(path, other) == 0 else { throw FileSink.failure(path) }
            publication.displaced = other
        }
        guard rename(partial, path) == 0, FolderFiles.sync(folder) else {
            let error = FileSink.failure(path)
            publication.retract()
            throw error
        }
        return publication
    }

    struct Publication: Hashable, Sendable {
        let kept: KeptDump
        /// Where the earlier one of that name is.
        var displaced: String?

        /// Takes the copy away: nothing was replaced.
        func retract() {
            unlink(kept.path)
            if let displaced { _ = rename(displaced, kept.path) }
            _ = FolderFiles.sync(kept.folder)
        }
    }
}
