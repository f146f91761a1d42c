// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A server's folder (`dir`), and what is in it.
///
/// A server with `appendonly yes` reads the append-only file and nothing else, one with `appendonly no` the RDB file.
struct DataFolder: Hashable, Sendable {
    /// Where the append-only file is.
    enum AppendOnly: Hashable, Sendable {
        case none
        /// One file, before Redis 7.
        case file
        /// A folder with a manifest, from Redis 7 on.
        case folder
    }

    let path: String
    let names: RedisFolderRestoreTarget.Options
    let hasDump: Bool
    let appendOnly: AppendOnly

    /// Looks.
    ///
    /// - Throws: ``RedisBackupError`` when files have other names than these.
    init(_ path: String, _ names: RedisFolderRestoreTarget.Options) throws(RedisBackupError) {
        self.path = path
        self.names = names
        let found = try FolderFiles.names(in: path)
        hasDump = found.contains(names.databaseFile)
        if found.contains(names.appendOnlyFolder) {
            appendOnly = .folder
        } else {
            appendOnly = found.contains(names.appendOnlyFile) ? .file : .none
        }
        for name in found
        where name != names.appendOnlyFolder && !name.contains("_before_") && !name.contains("_undone_") {
            guard FolderFiles.isFolder("\(path)/\(name)") else { continue }
            let inner = try? FolderFiles.names(in: "\(path)/\(name)")
            guard inner?.contains(where: { $0.hasSuffix(".manifest") }) != true else {
                throw RedisBackupError(
                    .refused,
                    "\(path) has an append-only file in \(name), not in \(names.appendOnlyFolder): name the server's appenddirname"
                )
            }
        }
        let others = found.filter { $0.hasSuffix(".rdb") && !$0.hasPrefix("temp-") }
        if !hasDump, let other = others.first {
            throw RedisBackupError(
                .refused,
                "\(path) has \(other) and no \(names.databaseFile): name the server's dbfilename, or move that file away"
            )
        }
        if appendOnly == .folder {
            let manifests = try FolderFiles.names(in: folder).filter { $0.hasSuffix(".manifest") }
            if let other = manifests.first, !manifests.contains(manifest) {
                throw RedisBackupError(
                    .refused, "\(folder) has \(other) and no \(manifest): name the server's appendfilename")
            }
        }
    }

    var isEmpty: Bool { !hasDump && appendOnly == .none }
    var dump: String { "\(path)/\(names.databaseFile)" }
    var file: String { "\(path)/\(names.appendOnlyFile)" }
    var folder: String { "\(path)/\(names.appendOnlyFolder)" }
    /// The name of the list of files of the append-only file.
    var manifest: String { "\(names.appendOnlyFile).manifest" }

    /// The version of the server that wrote the RDB file, from its head.
    var writtenBy: String? {
        guard let head = FolderFiles.beginning(of: dump, 512) else { return nil }
        // "redis-ver" with its length before it, then a length and the version.
        let key = Array("redis-ver".utf8)
        guard let place = head.firstRange(of: key)?.upperBound, place < head.count else { return nil }
        let length = Int(head[place])
        guard length < 32, place + 1 + length <= head.count else { return nil }
        return String(decoding: head[(place + 1)..<(place + 1 + length)], as: UTF8.self)
    }

    /// A sequence number that no file of the append-only folder has yet.
    func freeSequence() throws(RedisBackupError) -> Int {
        guard appendOnly == .folder else { return 1 }
        let numbers = try FolderFiles.names(in: folder).flatMap { name in
            name.split(separator: ".").compactMap { Int($0) }
        }
        let listed =
            FolderFiles.beginning(of: "\(folder)/\(manifest)").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let words = listed.split(whereSeparator: \.isWhitespace)
        let inList = words.indices.filter { $0 > 0 && words[$0 - 1] == "seq" }.compactMap { Int(words[$0]) }
        return ((numbers + inList).max() ?? 0) + 1
    }
}
