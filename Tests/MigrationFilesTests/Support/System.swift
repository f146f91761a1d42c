// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What tests need from the system beyond files and folders.
enum System {
    /// Whether permissions stop us; they stop no superuser.
    static var respectsPermissions: Bool { geteuid() != 0 }

    static func makePipe(_ path: String) -> Bool {
        unsafe mkfifo(path, 0o600) == 0
    }
}
