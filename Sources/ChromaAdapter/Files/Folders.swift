// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The calls of the file system that are needed for folders.
enum Folders {
    /// What a path leads to; links are not followed.
    enum Kind: Hashable, Sendable { case file(FileStamp), folder, other }

    static func kind(of path: String) throws(FileError) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let error = FileError.last("look at", path)
            if error.isMissing { return nil }
            throw error
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(FileStamp(status))
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The number of the device that a path is on.
    static func device(of path: String) throws(FileError) -> UInt64 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last("look at", path) }
        return UInt64(truncatingIfNeeded: status.st_dev)
    }

    /// Whether this account may make something in a folder.
    static func isWritable(_ folder: String) -> Bool { access(folder, W_OK | X_OK) == 0 }

    /// The path without links, `.` and `..`; `nil` when it does not lead to anything.
    static func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// What a link says that it leads to; `nil` when it is none.
    static func link(_ path: String) -> String? {
        let size = 4096
        var bytes = [CChar](repeating: 0, count: size)
        let count = readlink(path, &bytes, size)
        guard count >= 0 else { return nil }
        return String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path from the root on.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        let plain = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(String(cString: current))/\(plain)"
    }

    static func entries(of folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw .last("list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .last("list", folder) }
                return names.sorted()
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Makes a folder that only its owner can look into, where there is none yet.
    static func make(_ path: String) throws(FileError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("create the folder", path) }
    }

    /// Makes the folders that a file below a folder is in.
    static func makeParents(of path: String, in folder: String) throws(FileError) {
        var parent = folder
        for part in path.split(separator: "/").dropLast() {
            parent += "/\(part)"
            try make(parent)
        }
    }

    static func rename(_ path: String, to newPath: String) throws(FileError) {
        // Neither a file nor a folder that holds anything is replaced by a folder (rename(2)); an empty one is not ours to replace either.
        guard try kind(of: newPath) == nil else {
            throw FileError(operation: "rename \(path) to", path: newPath, number: EEXIST)
        }
        #if canImport(Darwin)
        let status = Darwin.rename(path, newPath)
        #elseif canImport(Glibc)
        let status = Glibc.rename(path, newPath)
        #else
        let status = Musl.rename(path, newPath)
        #endif
        guard status == 0 else { throw .last("rename \(path) to", newPath) }
    }

    /// Makes names in a folder, or the bytes of a file, safe from a loss of power.
    static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("sync", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    /// Removes a file; one that is not there is fine.
    static func removeFile(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// Removes a folder with all that it holds; links are removed, and not followed.
    static func removeTree(_ path: String) throws(FileError) {
        guard let kind = try kind(of: path) else { return }
        guard kind == .folder else { return try removeFile(path) }
        for name in try entries(of: path) { try removeTree("\(path)/\(name)") }
        guard rmdir(path) == 0 else { throw .last("remove", path) }
    }

    /// How many bytes can still be written to the file system of a folder.
    static func freeBytes(at folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}
