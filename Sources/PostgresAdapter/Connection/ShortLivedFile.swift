// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A few bytes that a program of ours reads from a file with mode 0600.
///
/// On Linux it is a piece of memory without a name, which the program opens through `/proc`: no disk ever has it, and nothing is left when
/// we are killed. Where that does not work it is a file in the folder for temporary files.
final class ShortLivedFile: Sendable {
    /// Its path, as long as this lives.
    let path: String
    private let descriptor: Int32
    private let isNamed: Bool

    /// - Returns: `nil` when there can be no file.
    init?(_ bytes: [UInt8]) {
        if let file = Self.memory(bytes) {
            (path, descriptor, isNamed) = (file.path, file.descriptor, false)
        } else if let file = Self.named(bytes) {
            (path, descriptor, isNamed) = (file.path, file.descriptor, true)
        } else {
            return nil
        }
    }

    deinit {
        if isNamed { unlink(path) }
        close(descriptor)
    }

    private static func memory(_ bytes: [UInt8]) -> (path: String, descriptor: Int32)? {
        #if os(Linux)
        let name = "/strata-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        shm_unlink(name)
        let path = "/proc/\(getpid())/fd/\(descriptor)"
        // A container may have no /proc, or not ours.
        guard write(bytes, to: descriptor), access(path, R_OK) == 0 else {
            close(descriptor)
            return nil
        }
        return (path, descriptor)
        #else
        return nil
        #endif
    }

    private static func named(_ bytes: [UInt8]) -> (path: String, descriptor: Int32)? {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/strata-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard fchmod(descriptor, 0o600) == 0, write(bytes, to: descriptor) else {
            unlink(path)
            close(descriptor)
            return nil
        }
        return (path, descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let rest = bytes[written...]
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
