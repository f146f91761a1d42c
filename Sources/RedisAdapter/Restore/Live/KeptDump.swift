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

    /// Where it is noted whose data they are.
    var record: String { "\(folder)/.\(name).state" }

    /// Copies a server's data, not under its name yet; an earlier copy that has no name is replaced.
    func keep(_ copy: RedisCopy, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        try FolderFiles.makeAll(folder)
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
    /// - Parameter isSecond: Whether the one that has the name stays the one to be brought back; then this one gets a number.
    /// - Returns: What has to be known to take that back.
    func publish(asSecond isSecond: Bool) throws(RedisBackupError) -> Publication {
        var publication = Publication(folder: folder, path: isSecond ? freePath(name) : path, displaced: nil)
        if !isSecond, isThere {
            let other = freePath(name)
            try FolderFiles.move(path, to: other)
            publication.displaced = other
        }
        guard rename(partial, publication.path) == 0, FolderFiles.sync(folder) else {
            let error = FileSink.failure(publication.path)
            publication.retract()
            throw error
        }
        return publication
    }

    /// Takes it out of use when the server has what is in it once more: a second time, that would be old.
    func retire() throws(RedisBackupError) {
        let used = "\(name).brought_back"
        let place = "\(folder)/\(used).rdb"
        try FolderFiles.move(path, to: FolderFiles.isThere(place) ? freePath(used) : place)
        unlink(record)
        try FolderFiles.syncing(folder)
    }

    private func freePath(_ name: String) -> String {
        var number = 1
        while FolderFiles.isThere("\(folder)/\(name).\(number).rdb") { number += 1 }
        return "\(folder)/\(name).\(number).rdb"
    }

    struct Publication: Hashable, Sendable {
        let folder: String
        let path: String
        /// Where the earlier one of that name is.
        var displaced: String?

        /// Takes the copy away: nothing was replaced.
        func retract() {
            unlink(path)
            if let displaced { _ = rename(displaced, path) }
            _ = FolderFiles.sync(folder)
        }
    }
}
