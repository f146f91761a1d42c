// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
internal import System
#else
internal import Glibc
internal import SystemPackage
#endif

/// The file system of this machine.
public struct SystemFiles: BackupFileSystem {
    /// Makes it.
    public init() {}

    public func kind(of path: String) throws -> FileKind? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            let reason = Errno.last
            guard reason == .noSuchFileOrDirectory || reason == .notDirectory else {
                throw FileSystemError("look at", path, reason)
            }
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(bytes: Int64(status.st_size))
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    public func makeFolder(_ path: String) throws {
        try check(unsafe mkdir(path, 0o700), "create the folder", path)
    }

    public func makeFile(_ path: String) throws -> any OutputFile {
        SystemOutputFile(
            descriptor: try open(
                path, .writeOnly, [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: [.ownerReadWrite],
                "create"), path: path)
    }

    public func openFile(_ path: String) throws -> any InputFile {
        SystemInputFile(descriptor: try open(path, .readOnly, [.noFollow, .closeOnExec], "open"), path: path)
    }

    public func entries(of folder: String) throws -> [String] {
        guard let stream = unsafe opendir(folder) else { throw FileSystemError("list", folder, .last) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw FileSystemError("list", folder, .last) }
                return names
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    public func move(_ path: String, to newPath: String) throws {
        // Two that are made at the same moment cannot both win: neither file nor folder with contents is replaced by a folder (rename(2)).
        guard try kind(of: newPath) == nil else { throw FileSystemError("rename", path, .fileExists) }
        try check(unsafe rename(path, newPath), "rename", path)
    }

    public func replace(_ path: String, with newFile: String) throws {
        try check(unsafe rename(newFile, path), "replace", path)
    }

    public func link(_ path: String, to newPath: String) throws {
        #if canImport(Darwin)
        try check(unsafe Darwin.link(path, newPath), "link", newPath)
        #else
        try check(unsafe Glibc.link(path, newPath), "link", newPath)
        #endif
    }

    public func makePrivate(_ path: String) throws {
        let mode: mode_t = try kind(of: path) == .folder ? 0o700 : 0o600
        try check(unsafe chmod(path, mode), "take the rights of others to", path)
    }

    public func sync(_ path: String) throws {
        // Also through a symbolic link: the folder of the sets may be one.
        let descriptor = try open(path, .readOnly, [.closeOnExec], "sync")
        defer { try? descriptor.close() }
        try SystemOutputFile(descriptor: descriptor, path: path).sync()
    }

    public func removeFile(_ path: String) throws {
        try check(unsafe unlink(path), "remove", path)
    }

    public func removeFolder(_ path: String) throws {
        try check(unsafe rmdir(path), "remove", path)
    }

    public func freeBytes(at folder: String) throws -> Int64 {
        var status = statvfs()
        try check(unsafe statvfs(folder, &status), "look at the file system of", folder)
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    func open(
        _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
        permissions: FilePermissions? = nil, _ operation: String
    ) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(FilePath(path), mode, options: options, permissions: permissions)
        } catch let reason as Errno {
            throw FileSystemError(operation, path, reason)
        }
    }

    func check(_ status: CInt, _ operation: String, _ path: String) throws {
        if status != 0 { throw FileSystemError(operation, path, .last) }
    }
}

extension Errno {
    /// Why the last call of this thread failed.
    static var last: Errno { Errno(rawValue: errno) }
}
