// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import MigrationCore

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The standard input of a program, which we write.
///
/// A pair of sockets and no pipe: writing to a pipe that nobody reads any more raises SIGPIPE, which ends the whole process unless
/// the application ignores it.
final class ProgramInput: Sendable {
    /// The program's end. Whoever starts the program closes it.
    let reader: FileDescriptor
    private let descriptor: Int32
    private let queue = BlockingQueue("input")

    /// - Throws: `Errno` when there are too many open files.
    init() throws {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
        guard unsafe socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        var on: Int32 = 1
        _ = unsafe setsockopt(ends[1], SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #else
        // No program that is started meanwhile gets one of them, which would keep this one from seeing the end.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        #endif
        reader = FileDescriptor(rawValue: ends[0])
        descriptor = ends[1]
    }

    private enum Event { case atEnd, readerGone }

    /// Hands on what a source gives, and closes. Called once.
    ///
    /// Returns when the source is at its end, or the program has stopped reading, whichever is first.
    ///
    /// - Throws: What the source throws.
    func feed(_ source: any ByteSource) async throws {
        let watch = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        let (gone, told) = AsyncStream<Void>.makeStream()
        watch.setEventHandler { [descriptor] in if Self.hasNoReader(descriptor) { told.finish() } }
        // Closing it earlier would leave the watch with another file's number.
        watch.setCancelHandler { [descriptor] in close(descriptor) }
        watch.resume()
        defer {
            shutdown(descriptor, Int32(SHUT_RDWR))
            watch.cancel()
        }
        try await withThrowingTaskGroup(of: Event.self) { group in
            group.addTask { try await self.pump(source) }
            group.addTask {
                for await _ in gone {}
                return .readerGone
            }
            let first = try await group.next()
            group.cancelAll()
            if first == .readerGone { while let _ = await group.nextResult() {} }
        }
    }

    /// Closes without having fed anything: the program did not start.
    func discard() {
        close(descriptor)
    }

    private func pump(_ source: any ByteSource) async throws -> Event {
        try await withTaskCancellationHandler {
            while let piece = try await source.next() {
                guard try await queue.run({ [descriptor] in Self.send(piece, to: descriptor) }) else {
                    return .readerGone
                }
            }
            return .atEnd
        } onCancel: {
            // Frees a thread that waits until the program reads.
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    /// - Returns: False when nobody reads any more.
    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        return unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            var sent = 0
            while sent < bytes.count {
                #if canImport(Darwin)
                let count = unsafe Darwin.send(descriptor, start + sent, bytes.count - sent, flags)
                #else
                let count = unsafe Glibc.send(descriptor, start + sent, bytes.count - sent, flags)
                #endif
                if count > 0 { sent += count } else if errno != EINTR { return false }
            }
            return true
        }
    }

    /// A program writes nothing to its standard input; should it, that is read and forgotten.
    private static func hasNoReader(_ descriptor: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }
}
