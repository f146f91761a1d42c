// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Plays a server's master, for one connection: it hands out the bytes of an RDB file as a master does.
///
/// Listens on one address, takes one connection from one other, and then listens no more.
actor RedisMaster {
    private static let piece = 1 << 20
    private static let reportInterval: Int64 = 4 << 20

    /// Where it listens.
    nonisolated let address: SocketAddress

    private nonisolated let thread = RedisThread()
    private nonisolated let patience: SocketWait
    private let silence: Duration
    private var listener: Int32?
    private var replica: Int32?
    /// Whether a byte of the file was sent.
    private(set) var hasBegunToSend = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - host: The address to listen on, as a number.
    ///   - port: The port; 0: any.
    ///   - silence: How long the replica may be silent.
    init(host: String, port: Int, silence: Duration) throws(RedisBackupError) {
        self.silence = silence
        patience = try SocketWait()
        let descriptor = try Self.listen(host, port)
        guard let address = SocketAddress(localOf: descriptor) else {
            close(descriptor)
            throw RedisBackupError(.configuration, "the address \(host) is none to listen on")
        }
        self.address = address
        listener = descriptor
    }

    deinit {
        if let listener { close(listener) }
        if let replica { close(replica) }
    }

    /// Waits for the replica, gives it the file, and waits until it has loaded it. The connection stays until ``end()``.
    ///
    /// - Parameters:
    ///   - file: The file's path. It is read once more while it is sent, and its last bytes are only sent when all of it is right.
    ///   - peer: The address that the replica comes from.
    ///   - arrival: How long it may take until it comes.
    func serve(
        _ file: String, to peer: String, arrival: Duration, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            let replica = try accept(from: peer, within: arrival)
            self.replica = replica
            try converse(replica, file, observe)
        } onCancel: {
            patience.abandon()
        }
    }

    /// Hangs up, and listens no more.
    func end() {
        if let listener { close(listener) }
        if let replica { close(replica) }
        listener = nil
        replica = nil
    }

    // MARK: - Blocking

    private func accept(from peer: String, within arrival: Duration) throws(RedisBackupError) -> Int32 {
        let deadline = ContinuousClock.now + arrival
        var strangers: Set<String> = []
        while let listener {
            switch patience.wait(for: listener, until: deadline) {
            case .ready: break
            case .abandoned: throw .cancelled
            case .timedOut: throw missing(arrival, strangers)
            }
            let descriptor = acceptConnection(listener)
            guard descriptor >= 0 else { continue }
            // Whoever else knocks gets nothing: what we have is the whole data set.
            let host = SocketAddress(remoteOf: descriptor)?.host
            guard host == peer else {
                if let host { strangers.insert(host) }
                close(descriptor)
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            close(listener)
            self.listener = nil
            return descriptor
        }
        throw RedisBackupError(.store, "nobody listens any more")
    }

    private func missing(_ arrival: Duration, _ strangers: Set<String>) -> RedisBackupError {
        let others =
            strangers.isEmpty
            ? ""
            : "; others did and were turned away: \(strangers.sorted().joined(separator: ", ")). Is one of them its address"
        return RedisBackupError(
            .store,
            """
            the server did not connect to us at \(address) within \(arrival.components.seconds) s\(others). It has to reach this address: \
            name another one that it can reach, and open the way in firewalls between
            """)
    }

    private func converse(
        _ replica: Int32, _ file: String, _ observe: @Sendable (BackupTargetEvent) -> Void
    ) throws {
        var conversation = MasterConversation()
        while true {
            let bytes = try receive(replica)
            let actions: [MasterConversation.Action]
            do throws(MasterConversation.Senseless) {
                actions = try conversation.take(bytes)
            } catch {
                throw RedisBackupError(
                    .store,
                    "the server does not speak to us as a replica does. With tls-replication yes it wants TLS of its master, which is not possible here"
                )
            }
            for action in actions {
                switch action {
                case .reply(let text): try send(Array(text.utf8)[...], to: replica)
                case .sendCopy: try sendCopy(file, to: replica, observe)
                case .follows: return
                }
            }
        }
    }

    private func sendCopy(
        _ file: String, to replica: Int32, _ observe: @Sendable (BackupTargetEvent) -> Void
    ) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw RedisBackupError(.destination, "\(file) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let size = Int64(status.st_size)
        hasBegunToSend = true
        try send(Array(MasterConversation.opening(bytes: size).utf8)[...], to: replica)
        var reader = RDBReader()
        var held: [UInt8] = []
        var sent: Int64 = 0
        var reported: Int64 = 0
        while true {
            var problem: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, count in
                let received = read(descriptor, buffer.baseAddress, Self.piece)
                problem = received < 0 ? errno : 0
                count = max(0, received)
            }
            guard problem == 0 else {
                throw RedisBackupError(.destination, "\(file) cannot be read: \(String(cString: strerror(problem)))")
            }
            do throws(RDBError) {
                if bytes.isEmpty { _ = try reader.finish() } else { try reader.read(bytes) }
            } catch {
                // Its end is never sent: a server that got all of it would exit.
                throw RedisBackupError(.damaged, "\(file) has changed since it was verified, \(error)")
            }
            try send(held[...], to: replica)
            sent += Int64(held.count)
            if sent - reported >= Self.reportInterval || bytes.isEmpty {
                reported = sent
                observe(.progress(.init(phase: "restoring", bytes: sent, totalBytes: size, isExact: true)))
            }
            guard !bytes.isEmpty else { return }
            held = bytes
        }
    }

    private func receive(_ replica: Int32) throws(RedisBackupError) -> [UInt8] {
        while true {
            var problem: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
                let received = read(replica, buffer.baseAddress, 1 << 14)
                problem = received < 0 ? errno : 0
                count = max(0, received)
            }
            if problem == 0, !bytes.isEmpty { return bytes }
            switch problem {
            case EAGAIN: try wait(replica, writing: false)
            case EINTR: continue
            default: throw Self.hungUp
            }
        }
    }

    private func send(_ bytes: ArraySlice<UInt8>, to replica: Int32) throws(RedisBackupError) {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { platformSend(replica, $0.baseAddress, $0.count, flags) }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                try wait(replica, writing: true)
            } else if errno != EINTR {
                throw Self.hungUp
            }
        }
    }

    private func wait(_ replica: Int32, writing: Bool) throws(RedisBackupError) {
        switch patience.wait(for: replica, writing: writing, until: .now + silence) {
        case .ready: return
        case .abandoned: throw .cancelled
        case .timedOut:
            throw RedisBackupError(.store, "the server was silent for \(silence.components.seconds) s")
        }
    }

    private static let hungUp = RedisBackupError(
        .store, "the server hung up before it had loaded the data. Its log tells why")

    private static func listen(_ host: String, _ port: Int) throws(RedisBackupError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let found else {
            throw RedisBackupError(
                .configuration, "\(host) is no address to listen on: it has to be a number such as 192.0.2.1")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { throw RedisBackupError(.configuration, "no socket can be made") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            startListening(descriptor) == 0
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw RedisBackupError(.configuration, "cannot listen on \(host), port \(port): \(reason)")
        }
        return descriptor
    }
}

// The C functions; the actor has methods of these names.
private func platformSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
private func acceptConnection(_ listener: Int32) -> Int32 { accept(listener, nil, nil) }
private func startListening(_ descriptor: Int32) -> Int32 { listen(descriptor, 1) }
