// SPDX-License-Identifier: Apache-2.0

/// Makes a connection: a state of its own, because until it stands there is nothing to talk to.
actor Connector {
    /// A connection that stands. Handed over once, from the connector's thread to its new owner on the same thread.
    struct Opened: Sendable {
        let endpoint: PostgresEndpoint
        let hostAddress: String
        let serverVersion: Int
        let serverProcess: Int32
        let executor: ConnectionExecutor
        let wakeup: Wakeup
        let box: Box

        func takeLibPQ() -> LibPQ? {
            defer { box.libpq = nil }
            return box.libpq
        }
    }

    /// Carries the connection from one actor to the next.
    ///
    /// Unchecked because the compiler cannot see the hand-over: the connector puts the connection in and forgets it before
    /// `connect()` returns, and the one caller takes it out in the initialiser of the actor that owns it from then on.
    final class Box: @unchecked Sendable {
        var libpq: LibPQ?

        init(_ libpq: LibPQ) { self.libpq = libpq }
    }

    private let configuration: PostgresConfiguration
    private nonisolated let executor = ConnectionExecutor()
    private nonisolated let wakeup: Wakeup

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        self.configuration = configuration
        wakeup = try Wakeup()
    }

    /// Connects, and tries again while the server is there and has no place for us yet.
    func connect() async throws -> Opened {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        var pause = Duration.milliseconds(100)
        var refusal: ConnectionFailure?
        while true {
            do {
                return try await connect(until: deadline)
            } catch let failure as ConnectionFailure {
                // What the server answered before says more than that the time was over when it was asked once more.
                if failure.isTimeout, let refusal { throw refusal.error }
                refusal = failure
                let rest = pause * Double.random(in: 0.5...1)
                guard configuration.triesAgain, failure.maySoonPass, ContinuousClock.now + rest < deadline else {
                    throw failure.error
                }
                do {
                    try await Task.sleep(for: rest)
                } catch {
                    throw Self.cancelled
                }
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    private func connect(until deadline: ContinuousClock.Instant) async throws -> Opened {
        let ticket = wakeup.begin()
        return try await withTaskCancellationHandler {
            try connectBlocking(ticket, until: deadline)
        } onCancel: { [wakeup] in
            wakeup.cancel(ticket)
        }
    }

    private static let cancelled = PostgresError(code: .cancelled, message: "interrupted while connecting")

    private func connectBlocking(_ ticket: Wakeup.Ticket, until deadline: ContinuousClock.Instant) throws -> Opened {
        let libpq = try LibPQ(parameters: configuration.libpqParameters)
        guard !libpq.hasFailed else { throw failure(of: libpq) }
        var writes = true
        while true {
            let readiness = wakeup.wait(
                for: libpq.socket, reading: !writes, writing: writes, ticket: ticket,
                timeout: max(.zero, deadline - .now))
            switch readiness {
            case .cancelled: throw Self.cancelled
            case .timedOut:
                throw failure(
                    of: libpq, reason: "no answer within \(configuration.connectTimeout)", isTimeout: true)
            case .socket: break
            }
            switch libpq.pollConnect() {
            case .wantsToRead: writes = false
            case .wantsToWrite: writes = true
            case .failed: throw failure(of: libpq)
            case .connected:
                libpq.finishConnecting()
                return Opened(
                    endpoint: libpq.endpoint, hostAddress: libpq.hostAddress, serverVersion: libpq.serverVersion,
                    serverProcess: libpq.backendPID, executor: executor, wakeup: wakeup,
                    box: Box(libpq))
            }
        }
    }

    private func failure(of libpq: LibPQ, reason: String? = nil, isTimeout: Bool = false) -> ConnectionFailure {
        ConnectionFailure(
            endpoint: libpq.endpoint, origin: configuration.origin, reason: reason ?? libpq.errorMessage,
            needsPassword: libpq.needsPassword, isTimeout: isTimeout)
    }
}
