// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Wakes a thread that waits for a socket, from any other thread.
///
/// Each operation takes a ticket; a cancellation names the ticket that it is meant for, so that one which comes late does
/// not hit the next operation.
final class Wakeup: Sendable {
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    enum Readiness { case socket, cancelled, timedOut }

    private struct State {
        var issued: UInt64 = 0
        var cancelled: UInt64 = 0
    }

    private let readEnd: Int32
    private let writeEnd: Int32
    private let state = Mutex(State())

    init() throws(PostgresError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw PostgresError(
                code: .connectionFailed,
                message: "cannot make a pipe (errno \(errno)): too many files are open; raise the limit (ulimit -n)")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Begins an operation.
    func begin() -> Ticket {
        state.withLock { state in
            state.issued += 1
            return Ticket(number: state.issued)
        }
    }

    /// Cancels the operation, if it still runs.
    func cancel(_ ticket: Ticket) {
        state.withLock { $0.cancelled = max($0.cancelled, ticket.number) }
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    func isCancelled(_ ticket: Ticket) -> Bool {
        state.withLock { $0.cancelled == ticket.number }
    }

    /// Blocks until the socket is ready, the operation is cancelled or the time is over.
    func wait(
        for socket: Int32, reading: Bool = true, writing: Bool, ticket: Ticket?, timeout: Duration? = nil
    ) -> Readiness {
        var events: Int16 = 0
        if reading { events |= Int16(POLLIN) }
        if writing { events |= Int16(POLLOUT) }
        var entries = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: ticket == nil ? -1 : readEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if let ticket, isCancelled(ticket) { return .cancelled }
            let count = poll(&entries, 2, timeout.map(Self.milliseconds) ?? -1)
            if count == 0 { return .timedOut }
            if count < 0 { continue }  // EINTR: a signal came
            if entries[1].revents != 0 { drain() }
            if entries[0].revents != 0 { return .socket }
        }
    }

    private func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) > 0 {}
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}
