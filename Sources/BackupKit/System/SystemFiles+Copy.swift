// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
internal import System
#else
internal import Glibc
internal import SystemPackage
#endif

extension SystemFiles {
    public func copyFile(_ path: String, to newPath: String) throws {
        #if canImport(Darwin)
        try check(unsafe clonefile(path, newPath, CUnsignedInt(CLONE_NOFOLLOW)), "copy", path)
        try makePrivate(newPath)
        #else
        let source = try open(path, .readOnly, [.noFollow, .closeOnExec], "open")
        defer { try? source.close() }
        let target = try open(
            newPath, .writeOnly, [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: [.ownerReadWrite],
            "create")
        var isClosed = false
        defer { if !isClosed { try? target.close() } }
        // Shares blocks where the file system can (Linux, ioctl_ficlone(2)).
        if ioctl(target.rawValue, Self.clone, source.rawValue) != 0 {
            try copyBytes(from: SystemInputFile(descriptor: source, path: path), to: target, newPath)
        }
        isClosed = true
        try SystemOutputFile(descriptor: target, path: newPath).close()
        #endif
    }

    #if os(Linux)
    /// `FICLONE` of <linux/fs.h>: `_IOW(0x94, 9, int)`.
    private static let clone: UInt = 0x4004_9409
    #endif

    private func copyBytes(from source: SystemInputFile, to target: FileDescriptor, _ path: String) throws {
        let output = SystemOutputFile(descriptor: target, path: path)
        while true {
            let bytes = try source.read(atMost: 1 << 18)
            if bytes.isEmpty { return }
            try output.writeAll(bytes)
        }
    }
}
