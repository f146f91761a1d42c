// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The few things that only the system's C library tells. No other file imports it.
enum Platform {
    /// Whether the process runs as root, as which PostgreSQL refuses to run.
    static var isRoot: Bool { geteuid() == 0 }

    /// The collation and character type that every installation has: sorted by bytes, UTF-8 understood.
    static var plainLocale: String {
        #if canImport(Darwin)
        "C"
        #else
        "C.UTF-8"
        #endif
    }

    /// Makes a pipe that no other program of ours inherits.
    ///
    /// On Apple's platforms the mark is set in a second step. Programs started by Foundation or Subprocess in between do not inherit it
    /// either: both ask the system to close everything that is not named.
    static func privatePipe() throws(Errno) -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
        #if canImport(Darwin)
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        #else
        return try FileDescriptor.pipe(options: .closeOnExec)
        #endif
    }
}
