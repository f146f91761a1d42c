// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// One connection to a Redis server, with a thread of its own for waiting.
///
/// Cancelling a task that waits gives the connection up.
actor RedisConnection {
    /// Where it leads, for messages.
    nonisolated let endpoint: RedisConfiguration.Endpoint

    private nonisolated let thread: RedisThread
    private nonisolated let patience: SocketWait
    private let silence: Duration
    private var hiredis: Hiredis?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Connects and tells the server who we are.
    ///
    /// - Throws: ``RedisBackupError``.
    static func open(_ configuration: RedisConfiguration) async throws -> RedisConnection {
        guard !configuration.usesTLS || Hiredis.supportsTLS else {
            throw RedisBackupError(
                .configuration,
                """
                TLS is asked for (rediss://), and Strata cannot do it: it speaks to Redis through hiredis without TLS, as Debian 12 has it. \
                Reach the server at \(configuration.endpoint) through a tunnel (ssh -L, stunnel) or a Unix socket, and name that.
                """)
        }
        let connection = try RedisConnection(configuration)
        try await connection.connect(configuration)
        return connection
    }

    private init(_ configuration: RedisConfiguration) throws {
        endpoint = configuration.endpoint
        thread = RedisThread()
        patience = try SocketWait()
        silence = configuration.silenceTimeout
    }

    private func connect(_ configuration: RedisConfiguration) async throws {
        hiredis = try Hiredis(configuration.endpoint, timeout: configuration.connectTimeout)
        try Task.checkCancellation()
        guard configuration.password != nil || configuration.user != nil else { return }
        // A user may have none (nopass), and is not the default one all the same.
        let reply = try await ask(Self.login(configuration))
        guard let code = reply.errorCode else { return }
        hiredis = nil
        if code == "DENIED" { throw SyncRefusal.denied(endpoint) }
        if reply.error?.contains("max number of clients") == true { throw SyncRefusal.full(endpoint) }
        if reply.error?.contains("without any password configured") == true {
            throw RedisBackupError(
                .unavailable,
                "Redis at \(endpoint) has no password, and one was given. Leave it out of REDIS_URL or REDIS_PASSWORD.")
        }
        // The server's own words could repeat what it was sent.
        let who = configuration.user.map { "the user \($0)" } ?? "the default user"
        throw RedisBackupError(
            .unavailable,
            """
            Redis at \(endpoint) refuses the password for \(who) (\(code)). Check user and password; in a URL, the characters \
            : / @ % ? # in them have to be percent-encoded.
            """)
    }

    /// Sends a command and waits for its answer, which may be an error.
    ///
    /// - Throws: ``RedisBackupError`` when the connection is lost.
    func ask(_ words: [String]) async throws -> RedisReply {
        try await abandoning { () throws(RedisBackupError) in
            try send(words)
            return try reply()
        }
    }

    /// What tells the server who we are, where the configuration says that.
    static func login(_ configuration: RedisConfiguration) -> [String] {
        ["AUTH"] + (configuration.user.map { [$0] } ?? []) + [configuration.password ?? ""]
    }

    /// Sends a command over a connection of its own. When that is lost, it is sent again: only for what may be done twice.
    static func asking(_ configuration: RedisConfiguration, _ words: [String]) async throws -> RedisReply {
        var attempts = 0
        return try await asking(configuration, words, attempts: &attempts)
    }

    /// - Parameter attempts: How often it was tried.
    static func asking(
        _ configuration: RedisConfiguration, _ words: [String], attempts: inout Int
    ) async throws -> RedisReply {
        var left = 3
        while true {
            attempts += 1
            do {
                let connection = try await open(configuration)
                let reply = try await connection.ask(words)
                await connection.close()
                return reply
            } catch let error as RedisBackupError where error.category == .store && left > 0 {
                left -= 1
            }
        }
    }

    /// Sends a command, whose answer is read with ``receive(_:)``.
    func begin(_ words: [String]) async throws {
        try await abandoning { () throws(RedisBackupError) in try send(words) }
    }

    /// Waits for bytes of the server, past the reader of replies.
    ///
    /// - Returns: As many as there are, up to a limit; none when the server has closed the connection.
    func receive(_ limit: Int) async throws -> [UInt8] {
        try await abandoning { () throws(RedisBackupError) in try receiveBlocking(limit) }
    }

    /// Lets the server know that we have gone.
    func close() { hiredis = nil }

    /// Our own address and the server's, as numbers; `nil` for a Unix socket.
    func addresses() -> (ours: SocketAddress, theirs: SocketAddress)? {
        guard let descriptor = hiredis?.descriptor, let ours = SocketAddress(localOf: descriptor),
            let theirs = SocketAddress(remoteOf: descriptor)
        else { return nil }
        return (ours, theirs)
    }

    // MARK: - Blocking

    private func abandoning<Value: Sendable>(
        _ body: () throws(RedisBackupError) -> Value
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try body()
        } onCancel: {
            patience.abandon()
        }
    }

    private func send(_ words: [String]) throws(RedisBackupError) {
        guard let hiredis else { throw lost("it was closed") }
        var rest = Self.encoded(words)[...]
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { platformSend(hiredis.descriptor, $0.baseAddress, $0.count, flags) }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                try wait(for: hiredis.descriptor, writing: true)
            } else if errno == EPIPE || errno == ECONNRESET {
                // Why the server hung up may still be there to read.
                return
            } else if errno != EINTR {
                throw lost(String(cString: strerror(errno)))
            }
        }
    }

    private func reply() throws(RedisBackupError) -> RedisReply {
        while true {
            guard let hiredis else { throw lost("it was closed") }
            if let reply = try hiredis.nextReply() { return reply }
            let bytes = try receiveBlocking(1 << 16)
            guard !bytes.isEmpty else { throw lost("the server closed it") }
            guard bytes.withUnsafeBytes({ hiredis.feed($0) }) else { throw lost("its answer cannot be read") }
        }
    }

    private func receiveBlocking(_ limit: Int) throws(RedisBackupError) -> [UInt8] {
        guard let hiredis else { throw lost("it was closed") }
        while true {
            var problem: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let received = read(hiredis.descriptor, buffer.baseAddress, limit)
                problem = received < 0 ? errno : 0
                count = max(0, received)
            }
            switch problem {
            case 0: return bytes
            case EAGAIN: try wait(for: hiredis.descriptor, writing: false)
            case EINTR: continue
            // The server's process ended while it had bytes of ours: an end like any other.
            case ECONNRESET: return []
            default: throw lost(String(cString: strerror(problem)))
            }
        }
    }

    private func wait(for descriptor: Int32, writing: Bool) throws(RedisBackupError) {
        switch patience.wait(for: descriptor, writing: writing, until: .now + silence) {
        case .ready: return
        case .abandoned: throw .cancelled
        case .timedOut: throw lost("the server was silent for \(silence.components.seconds) s")
        }
    }

    private func lost(_ reason: String) -> RedisBackupError {
        hiredis = nil
        return RedisBackupError(.store, "the connection to Redis at \(endpoint) was lost: \(reason)")
    }

    static func encoded(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}

/// The C function; the actor has a method of this name.
private func platformSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
