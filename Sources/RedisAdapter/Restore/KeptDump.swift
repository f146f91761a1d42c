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
/// It has its name only when it is whole and on disk. An earlier one of that name gets a number: nothing is overwritten.
struct KeptDump: Sendable {
    let folder: String
    /// `redis_before_backup_20250916_123000`.
    let name: String

    /// Where the newest one is.
    var path: String { "\(folder)/\(name).rdb" }

    init(folder: String, name: String) {
        self.folder = folder
        self.name = name
    }

    static func before(_ set: String, in folder: String) -> KeptDump {
        KeptDump(folder: folder, name: "redis_before_\(set)")
    }
    static func undone(_ set: String, in folder: String) -> KeptDump {
        KeptDump(folder: folder, name: "redis_undone_\(set)")
    }

    var isThere: Bool { access(path, F_OK) == 0 }

    /// Copies a server's data.
    func keep(
        _ copy: RedisCopy, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RDBSummary {
        let partial = "\(folder)/.\(name).partial"
        let sink = try FileSink(partial)
        do {
            let summary = try await copy.perform(into: sink, observe: observe).summary
            try sink.finish()
            try publish(partial)
            return summary
        } catch {
            unlink(partial)
            throw error
        }
    }

    private func publish(_ partial: String) throws(RedisBackupError) {
        if isThere {
            var number = 1
            while access("\(folder)/\(name).\(number).rdb", F_OK) == 0 { number += 1 }
            guard rename(path, "\(folder)/\(name).\(number).rdb") == 0 else { throw FileSink.failure(path) }
        }
        guard rename(partial, path) == 0, syncFolder(folder) else { throw FileSink.failure(path) }
    }
}

/// Makes the names in a folder survive a crash of the system.
func syncFolder(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
}
