// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// An RDB file on disk, read on a thread of its own.
actor RDBFile {
    private static let piece = 1 << 20
    private static let reportInterval: Int64 = 16 << 20

    private nonisolated let thread = RedisThread()
    private nonisolated let path: String
    /// How the file is called in messages.
    private nonisolated let name: String

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ path: String, name: String) {
        self.path = path
        self.name = name
    }

    /// Goes through all of it.
    ///
    /// - Parameter copy: Takes all bytes as well; it is not finished.
    /// - Throws: ``RDBError`` when it is damaged; ``RedisBackupError`` when it cannot be read or the task was cancelled.
    func walk(
        copyingTo copy: FileSink? = nil, observe: @Sendable (BackupTargetEvent) -> Void
    ) throws -> RDBSummary {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable }
        var reader = RDBReader()
        var done: Int64 = 0
        var reported: Int64 = 0
        while true {
            guard !Task.isCancelled else { throw RedisBackupError.cancelled }
            var failed = false
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, count in
                let received = read(descriptor, buffer.baseAddress, Self.piece)
                failed = received < 0
                count = max(0, received)
            }
            guard !failed else { throw unreadable }
            guard !bytes.isEmpty else { break }
            try reader.read(bytes)
            try copy?.append(bytes)
            done += Int64(bytes.count)
            if done - reported >= Self.reportInterval {
                reported = done
                observe(
                    .progress(
                        .init(
                            phase: "reading", object: name, bytes: done, totalBytes: Int64(status.st_size),
                            isExact: true)))
            }
        }
        return try reader.finish()
    }

    private var unreadable: RedisBackupError {
        RedisBackupError(.destination, "\(name) cannot be read: \(String(cString: strerror(errno)))")
    }
}
