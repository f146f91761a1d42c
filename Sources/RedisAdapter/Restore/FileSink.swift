// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A new file that only its owner may read.
final class FileSink: ByteSink {
    private let path: String
    private let descriptor: Mutex<Int32?>

    /// Makes the file; what an interrupted run left under this name is replaced.
    init(_ path: String) throws(RedisBackupError) {
        self.path = path
        unlink(path)
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw Self.failure(path) }
        descriptor = Mutex(opened)
    }

    deinit { descriptor.withLock { if let open = $0 { close(open) } } }

    func write(_ bytes: [UInt8]) async throws { try append(bytes) }

    /// Writes, which may block.
    func append(_ bytes: [UInt8]) throws(RedisBackupError) {
        try descriptor.withLock { descriptor throws(RedisBackupError) in
            guard let descriptor else { return }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { platformWrite(descriptor, $0) }
                guard count >= 0 || errno == EINTR else { throw Self.failure(path) }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }

    /// Ends the file; its bytes are on disk then.
    func finish() throws(RedisBackupError) {
        let isDone = descriptor.withLock { descriptor in
            guard let open = descriptor else { return true }
            descriptor = nil
            let isSynced = fsync(open) == 0
            return close(open) == 0 && isSynced
        }
        guard isDone else { throw Self.failure(path) }
    }

    static func failure(_ path: String) -> RedisBackupError {
        RedisBackupError(.destination, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}

private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
