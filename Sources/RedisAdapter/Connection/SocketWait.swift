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

/// Lets a thread wait for a descriptor, until another one gives the whole connection up.
final class SocketWait: Sendable {
    enum Readiness { case ready, abandoned, timedOut }

    private let readEnd: Int32
    private let writeEnd: Int32
    private let isAbandoned = Mutex(false)

    init() throws(RedisBackupError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw RedisBackupError(
                .configuration, "cannot make a pipe: too many files are open; raise the limit (ulimit -n)")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes whoever waits, now and in future.
    func abandon() {
        isAbandoned.withLock { isAbandoned in
            guard !isAbandoned else { return }
            isAbandoned = true
            var byte: UInt8 = 1
            _ = write(writeEnd, &byte, 1)
        }
    }

    /// Blocks until the descriptor is ready, it is given up or the time is over.
    func wait(for descriptor: Int32, writing: Bool = false, until deadline: ContinuousClock.Instant) -> Readiness {
        var entries = [
            pollfd(fd: descriptor, events: Int16(writing ? POLLOUT : POLLIN), revents: 0),
            // Its byte is never read: what was given up stays so.
            pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let (seconds, attoseconds) = (deadline - .now).components
            let left = max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
            let count = poll(&entries, 2, Int32(clamping: left))
            if count < 0 { continue }  // EINTR: a signal came
            if entries[1].revents != 0 { return .abandoned }
            if entries[0].revents != 0 { return .ready }
            if left == 0 { return .timedOut }
        }
    }
}
