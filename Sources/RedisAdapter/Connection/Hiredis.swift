// SPDX-License-Identifier: Apache-2.0

// The only file that sees hiredis. Everything else works with Swift values.
internal import CHiredis
internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A connection that hiredis made, and its reader of replies. Used from one thread at a time.
///
/// What is sent is written to the descriptor by the connection itself: hiredis up to 1.0 lets a server that has gone away end the whole
/// process (SIGPIPE).
final class Hiredis {
    /// Whether connections can be encrypted. Debian 12 has hiredis 0.14, which has no TLS.
    static let supportsTLS = false

    private let context: UnsafeMutablePointer<redisContext>

    /// Connects, which blocks for as long as the timeout says.
    init(_ endpoint: RedisConfiguration.Endpoint, timeout: Duration) throws(RedisBackupError) {
        let components = timeout.components
        let limit = timeval(
            tv_sec: .init(components.seconds), tv_usec: .init(components.attoseconds / 1_000_000_000_000))
        let made =
            switch endpoint {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .socket(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let made else { throw RedisBackupError(.unavailable, "out of memory") }
        guard made.pointee.err == 0 else {
            let reason = Self.message(made)
            redisFree(made)
            throw RedisBackupError(
                .unavailable,
                "no connection to Redis at \(endpoint): \(reason). Does the server run, and is this its address?")
        }
        context = made
        let descriptor = made.pointee.fd
        // No program that is started meanwhile keeps the connection open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        #if canImport(Darwin)
        var on: Int32 = 1
        _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        if case .tcp = endpoint { _ = redisEnableKeepAlive(made) }
    }

    deinit { redisFree(context) }

    var descriptor: Int32 { context.pointee.fd }

    /// Hands bytes of the server to the reader.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        redisReaderFeed(context.pointee.reader, bytes.baseAddress, bytes.count) == REDIS_OK
    }

    /// The next reply that is whole; `nil` when there is none yet.
    func nextReply() throws(RedisBackupError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(context.pointee.reader, &reply) == REDIS_OK else {
            throw RedisBackupError(.store, "what answers is no Redis server: its answer cannot be read")
        }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return Self.value(reply.assumingMemoryBound(to: redisReply.self))
    }

    private static func value(_ reply: UnsafeMutablePointer<redisReply>) -> RedisReply {
        func bytes() -> [UInt8] {
            guard let text = reply.pointee.str else { return [] }
            return Array(UnsafeRawBufferPointer(start: text, count: Int(reply.pointee.len)))
        }
        switch reply.pointee.type {
        case REDIS_REPLY_INTEGER: return .integer(reply.pointee.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .text(bytes())
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            return .array(
                (0..<Int(reply.pointee.elements)).map { index in
                    reply.pointee.element[index].map { value($0) } ?? .null
                })
        default: return .null
        }
    }

    private static func message(_ context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
