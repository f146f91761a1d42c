// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A password for a program that libpq is in, as a file of libpq's `PGPASSFILE` with mode 0600.
///
/// On Linux it is a piece of memory without a name, which the program opens through `/proc`: no disk ever has it, and nothing is left when
/// we are killed. Where that does not work it is a file in the folder for temporary files.
final class PasswordFile: Sendable {
    /// For `PGPASSFILE`, as long as this lives.
    let path: String
    private let descriptor: Int32
    private let isNamed: Bool

    /// - Returns: `nil` when the password has a line's end in it, which such a file cannot have, or there can be no file.
    init?(_ password: String) {
        guard !password.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) else { return nil }
        var line = "*:*:*:*:"
        for scalar in password.unicodeScalars {
            if scalar == ":" || scalar == "\\" { line.unicodeScalars.append("\\") }
            line.unicodeScalars.append(scalar)
        }
        let bytes = Array("\(line)\n".utf8)
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
        #if canImport(Darwin)
        Darwin.write(descriptor, bytes, bytes.count) == bytes.count
        #else
        Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        #endif
    }
}
