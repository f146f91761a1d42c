// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What is done with files and folders of one file system.
enum FolderFiles {
    /// Which file it is, whatever it is called.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// What is in a folder, sorted.
    static func names(in folder: String) throws(RedisBackupError) -> [String] {
        guard let stream = opendir(folder) else { throw failure("\(folder) cannot be read") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The beginning of a file.
    static func beginning(of path: String, _ limit: Int = 1 << 16) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let room = limit - bytes.count
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, room))
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// Makes the names in a folder survive a crash of the system.
    static func sync(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    static func syncing(_ folder: String) throws(RedisBackupError) {
        guard sync(folder) else { throw failure("\(folder) cannot be synced") }
    }

    static func make(_ folder: String) throws(RedisBackupError) {
        guard mkdir(folder, 0o700) == 0 else { throw failure("the folder \(folder) cannot be made") }
    }

    /// Makes a folder that is not there yet, with those that it is in; their names survive a crash of the system.
    static func makeAll(_ folder: String) throws(RedisBackupError) {
        guard !isFolder(folder) else { return }
        let parent = parent(of: folder)
        if parent != folder { try makeAll(parent) }
        try make(folder)
        try syncing(parent)
    }

    /// The folder that a path is in.
    static func parent(of path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        let names = path.split(separator: "/").dropLast()
        guard !names.isEmpty else { return isAbsolute ? "/" : "." }
        return (isAbsolute ? "/" : "") + names.joined(separator: "/")
    }

    /// Whether files can be made in a folder, or in the nearest one that is there, so that it can be made.
    static func requireWritable(_ folder: String) throws(RedisBackupError) {
        var place = folder
        while !isThere(place), parent(of: place) != place { place = parent(of: place) }
        guard isFolder(place), access(place, W_OK | X_OK) == 0 else {
            throw failure("nothing can be kept in \(folder)")
        }
    }

    static func move(_ path: String, to other: String) throws(RedisBackupError) {
        guard rename(path, other) == 0 else { throw failure("\(path) cannot be renamed to \(other)") }
    }

    /// Gives a file a second name; where the file system has none, a copy.
    static func keep(_ path: String, as other: String) throws(RedisBackupError) {
        if link(path, other) == 0 { return }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else {
            throw failure("\(path) cannot be kept as \(other)")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("\(path) cannot be read") }
        defer { close(descriptor) }
        let sink = try FileSink(other)
        while true {
            var isBroken = false
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                let received = read(descriptor, buffer.baseAddress, 1 << 20)
                isBroken = received < 0
                count = max(0, received)
            }
            guard !isBroken else { throw failure("\(path) cannot be read") }
            guard !bytes.isEmpty else { break }
            try sink.append(bytes)
        }
        try sink.finish()
        adopt(other, like: path)
    }

    /// Removes a file, or a folder with what is in it.
    static func remove(_ path: String) {
        // A link to a folder is not followed.
        guard unlink(path) != 0, isThere(path) else { return }
        for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
        rmdir(path)
    }

    static func removeEmpty(_ folder: String) { rmdir(folder) }

    /// Makes a new file or folder belong to whom another one belongs: the server has to read it.
    static func adopt(_ path: String, like model: String) {
        var status = stat()
        var own = stat()
        guard stat(model, &status) == 0, stat(path, &own) == 0 else { return }
        if own.st_uid != status.st_uid || own.st_gid != status.st_gid { _ = chown(path, status.st_uid, status.st_gid) }
        guard stat(path, &own) == 0, own.st_uid != status.st_uid else { return }
        // Who is in its group may give that alone, and the server is in it as well.
        if own.st_gid != status.st_gid { _ = chown(path, uid_t.max, status.st_gid) }
        // Not ours to give away: then those who may use the model may use this.
        let isFolder = own.st_mode & S_IFMT == S_IFDIR
        _ = chmod(path, (own.st_mode & 0o700) | (status.st_mode & (isFolder ? 0o077 : 0o066)))
    }

    /// How many bytes can still be written beside a file.
    static func freeBytes(_ path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    static func failure(_ what: String) -> RedisBackupError {
        RedisBackupError(.destination, "\(what): \(String(cString: strerror(errno)))")
    }
}
