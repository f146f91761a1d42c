// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
internal import System
#else
internal import Glibc
internal import SystemPackage
#endif

extension SystemFiles {
    public func lock(_ path: String) throws -> (any LockedFile)? {
        let descriptor = try open(
            path, .readWrite, [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite], "open")
        // It belongs to the open file: it ends with the process, however that ends (flock(2)).
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let reason = Errno.last
            try? descriptor.close()
            guard reason == .wouldBlock else { throw FileSystemError("lock", path, reason) }
            return nil
        }
        return SystemLockedFile(descriptor: descriptor, path: path)
    }
}

private struct SystemLockedFile: LockedFile {
    let descriptor: FileDescriptor
    let path: String

    func setContents(_ text: String) throws {
        guard ftruncate(descriptor.rawValue, 0) == 0 else { throw FileSystemError("write", path, .last) }
        do {
            _ = try descriptor.writeAll(toAbsoluteOffset: 0, Array(text.utf8))
        } catch let reason as Errno {
            throw FileSystemError("write", path, reason)
        }
    }

    func unlock() {
        // Closing alone is not enough: a program that is being started has a copy of the descriptor for a moment.
        _ = flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }
}
