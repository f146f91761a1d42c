// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What tells whether a file is the one that it was, without reading it.
struct FileStamp: Hashable, Sendable {
    var bytes: Int64
    /// When its contents changed, in nanoseconds since the beginning of 1970.
    var modified: Int64
    /// When its contents or anything that is known of it changed; programs cannot set this one.
    var changed: Int64
    var inode: UInt64

    init(_ status: stat) {
        bytes = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
        modified = Self.nanoseconds(status.st_mtimespec)
        changed = Self.nanoseconds(status.st_ctimespec)
        #else
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
        #endif
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// File systems keep time in steps of up to some milliseconds, a few of whole seconds: two changes within one step look like one.
    private static let step: Int64 = 2_000_000_000

    /// Whether a later change of the file could not be told from this one, because that is so recent.
    ///
    /// - Parameter now: When the file was looked at, by the clock that file systems use.
    func isRecent(at now: Int64) -> Bool { isChanged(since: now - Self.step) }

    func isChanged(since instant: Int64) -> Bool { max(modified, changed) > instant }

    /// The time by the clock that file systems use.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    /// As a set's metadata keeps it.
    var value: BackupValue {
        .array([.integer(bytes), .integer(modified), .integer(changed), .integer(Int64(bitPattern: inode))])
    }

    init?(_ value: BackupValue) {
        let numbers = (value.arrayValue ?? []).compactMap(\.integerValue)
        guard numbers.count == 4 else { return nil }
        (bytes, modified, changed, inode) = (numbers[0], numbers[1], numbers[2], UInt64(bitPattern: numbers[3]))
    }
}
