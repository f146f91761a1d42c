// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
internal import System
#else
internal import Glibc
internal import SystemPackage
#endif

/// A file of this machine that is being written.
struct SystemOutputFile: OutputFile {
    let descriptor: FileDescriptor
    let path: String

    func write(_ bytes: ArraySlice<UInt8>) throws -> Int {
        do {
            return try unsafe bytes.withUnsafeBytes { try unsafe descriptor.write($0) }
        } catch let reason as Errno {
            throw FileSystemError("write", path, reason)
        }
    }

    func sync() throws {
        #if canImport(Darwin)
        // fsync there leaves it to the disk when it writes (fsync(2)).
        let failed = fcntl(descriptor.rawValue, F_FULLFSYNC) != 0 && fsync(descriptor.rawValue) != 0
        #else
        let failed = fsync(descriptor.rawValue) != 0
        #endif
        if failed { throw FileSystemError("sync", path, .last) }
    }

    func close() throws {
        do {
            try descriptor.close()
        } catch let reason as Errno {
            throw FileSystemError("close", path, reason)
        }
    }
}

/// A file of this machine that is being read.
struct SystemInputFile: InputFile {
    let descriptor: FileDescriptor
    let path: String

    func read(atMost count: Int) throws -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        } catch let reason as Errno {
            throw FileSystemError("read", path, reason)
        }
    }

    func close() {
        try? descriptor.close()
    }
}
