// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A stream socket of the file system, as far as a proxy needs it. Calls block; closing is the caller's business.
struct UnixSocket: Sendable {
    struct Failure: Error {
        let call: String
        let number: Int32
    }

    let descriptor: Int32

    #if canImport(Glibc)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    private static let stream = SOCK_STREAM
    #endif

    #if canImport(Darwin)
    private static let quietly: Int32 = 0
    #else
    /// A peer that is gone is an error of `send` and not a signal that ends the process.
    private static let quietly = Int32(MSG_NOSIGNAL)
    #endif

    /// Listens on a path that must not exist yet.
    static func listening(at path: String) throws -> UnixSocket {
        let socket = try make()
        try socket.check("bind", unsafe withAddress(path) { unsafe bind(socket.descriptor, $0, $1) })
        try socket.check("listen", listen(socket.descriptor, 16))
        return socket
    }

    static func connected(to path: String) throws -> UnixSocket {
        let socket = try make()
        try socket.check("connect", unsafe withAddress(path) { unsafe connect(socket.descriptor, $0, $1) })
        return socket
    }

    /// The next connection; `nil` when there will be none.
    func accepted() -> UnixSocket? {
        let accepted = accept(descriptor, nil, nil)
        return accepted < 0 ? nil : UnixSocket(descriptor: accepted)
    }

    /// What has arrived; empty at the end, also when the other side broke off.
    func read() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Writes all of it; false when nobody takes it.
    func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, Self.quietly) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Ends the connection in both directions, and wakes who waits for it.
    func shutDown() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    func close() {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #elseif canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #endif
    }

    /// Waits until one of the sockets has something to read, or has come to its end.
    static func waitToRead(_ sockets: [UnixSocket]) -> [Bool] {
        var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while unsafe poll(&entries, nfds_t(entries.count), -1) < 0 {}
        return entries.map { $0.revents != 0 }
    }

    private static func make() throws -> UnixSocket {
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        #if canImport(Darwin)
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        return UnixSocket(descriptor: descriptor)
    }

    private func check(_ call: String, _ status: Int32) throws {
        guard status == 0 else {
            let failure = Failure(call: call, number: errno)
            close()
            throw failure
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        precondition(bytes.count < 104, "\(path) is too long for a socket")
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
