// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the file system refused.
struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried: `copy`, `rename`.
    var operation: String
    var path: String
    /// The system's number of the reason.
    var number: Int32

    /// The error of the last call of this thread.
    static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, number: errno)
    }

    var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    var isPermission: Bool { number == EACCES || number == EPERM || number == EROFS }
    var isNoSpace: Bool { number == ENOSPC || number == EDQUOT }
    /// Whether it is of what was written, and not of what was read.
    var isOfWriting: Bool { ["write", "create the folder", "remove", "sync"].contains(operation) }

    var description: String { "cannot \(operation) \(path): \(String(cString: strerror(number)))" }
}
