// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The last bytes of a file.
enum FileEnd {
    /// - Throws: ``PostgresBackupError`` of category `destination` when the file cannot be read.
    static func text(of path: String, bytes: Int) throws -> String {
        func unknown() -> PostgresBackupError {
            PostgresBackupError(.destination, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unknown() }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0, lseek(descriptor, max(0, size - off_t(bytes)), SEEK_SET) >= 0 else { throw unknown() }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: bytes)
        while text.count < bytes {
            let count = read(descriptor, &piece, bytes - text.count)
            if count == 0 { break }
            if count > 0 { text += piece.prefix(count) } else if errno != EINTR { throw unknown() }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
