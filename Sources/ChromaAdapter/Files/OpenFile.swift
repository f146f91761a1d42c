// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file that is open, until nobody holds it any more.
///
/// To close any descriptor of a file lets go of all locks that this process has on it (fcntl(2)). So the file of SQLite is opened once,
/// before it is locked, and stays open until the lock is no longer needed.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone is not enough: a program that is being started has a copy of the descriptor for a moment, and so the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    static func read(_ path: String) throws(FileError) -> OpenFile { try open(path, O_RDONLY) }

    /// Makes a file that only its owner can read.
    static func write(_ path: String) throws(FileError) -> OpenFile { try open(path, O_RDWR | O_CREAT | O_EXCL) }

    /// Opens a file that is there for its lock, or makes an empty one.
    static func lockFile(_ path: String) throws(FileError) -> OpenFile { try open(path, O_RDWR | O_CREAT) }

    private static func open(_ path: String, _ flags: Int32) throws(FileError) -> OpenFile {
        #if canImport(Darwin)
        let descriptor = Darwin.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        #elseif canImport(Glibc)
        let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        #else
        let descriptor = Musl.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        #endif
        guard descriptor >= 0 else { throw .last(flags & O_CREAT == 0 ? "read" : "write", path) }
        return OpenFile(path: path, descriptor: descriptor)
    }

    var stamp: FileStamp {
        get throws(FileError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last("look at", path) }
            return FileStamp(status)
        }
    }

    /// Shares the blocks of another file, where the file system can.
    ///
    /// - Returns: Whether it did.
    func shareBlocks(of other: OpenFile) -> Bool {
        #if os(Linux)
        // FICLONE of <linux/fs.h>: _IOW(0x94, 9, int).
        ioctl(descriptor, 0x4004_9409 as UInt, other.descriptor) == 0
        #else
        false
        #endif
    }

    /// Reads into a buffer from an offset on.
    ///
    /// - Returns: How many bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw .last("read", path) }
        }
    }

    /// - Returns: How many bytes were written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        while true {
            let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            if count > 0 { return count }
            guard errno == EINTR else { throw .last("write", path) }
        }
    }

    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    #if os(Linux)
    /// A request about locks.
    func control(_ request: Int32, _ lock: inout flock) -> Int32 { fcntl(descriptor, request, &lock) }
    #endif

    /// Takes the lock of an open file that ends with this object, and with the process (flock(2)); it has nothing to do with those of SQLite.
    func takeLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
