// SPDX-License-Identifier: Apache-2.0

/// One connection to a PostgreSQL server, with a thread of its own for waiting.
///
/// Cancelling the task that waits for a statement cancels the statement on the server.
public actor PostgresConnection {
    /// Where the connection leads. Holds no secret.
    public nonisolated let endpoint: PostgresEndpoint
    /// The server's version as libpq counts it: 150018 is 15.18.
    public nonisolated let serverVersion: Int
    /// The number of the server's process for this connection, as `pg_stat_activity` has it.
    public nonisolated let serverProcess: Int32

    /// The network address of the server; empty for a Unix socket.
    nonisolated let hostAddress: String

    private nonisolated let executor: ConnectionExecutor
    nonisolated let wakeup: Wakeup
    private(set) var libpq: LibPQ?

    /// What runs beside each exchange that takes long.
    private(set) var companion: Companion?

    /// All methods run on the connection's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The same thread, for tasks that prefer it.
    nonisolated var taskExecutor: any TaskExecutor { executor }

    /// Connects.
    ///
    /// - Throws: ``PostgresError``: ``PostgresError/Code/connectionFailed``, ``PostgresError/Code/invalidConfiguration`` or
    ///   ``PostgresError/Code/cancelled``.
    public static func open(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
        let connector = try Connector(configuration)
        let opened = try await connector.connect()
        return PostgresConnection(opened)
    }

    private init(_ opened: Connector.Opened) {
        endpoint = opened.endpoint
        hostAddress = opened.hostAddress
        serverVersion = opened.serverVersion
        serverProcess = opened.serverProcess
        executor = opened.executor
        wakeup = opened.wakeup
        libpq = opened.takeLibPQ()
    }

    /// Executes SQL, one or several statements, and returns the rows of all of them as text.
    ///
    /// - Throws: ``PostgresError``: ``PostgresError/Code/statementFailed``, ``PostgresError/Code/connectionLost`` or
    ///   ``PostgresError/Code/cancelled``.
    @discardableResult
    public func query(_ sql: String) async throws -> [[String?]] {
        // libpq takes a NUL for the end, and what stands before it could be a whole statement.
        guard !sql.utf8.contains(0) else {
            throw PostgresError(
                code: .statementFailed, message: "a statement has a NUL in it, which PostgreSQL cannot read")
        }
        var rows: [[String?]] = []
        let failure = try await exchange(Array(sql.utf8)) { result in
            if case .row(let row) = result { rows.append(row) }
        }
        if let failure { throw Self.error(for: failure, code: .statementFailed) }
        return rows
    }

    /// Gives the connection back. Everything that the session held on the server ends.
    public func close() {
        libpq = nil
    }

    // MARK: - For the adapter

    /// Whether the connection is usable as far as is known without asking.
    var isConnected: Bool { libpq?.isConnected ?? false }

    var transactionStatus: LibPQ.TransactionStatus { libpq?.transactionStatus ?? .other }

    /// What the server last reported of one of the settings that it reports, such as `standard_conforming_strings`.
    func parameter(_ name: String) -> String? { libpq?.parameter(name) }

    /// How a program that PostgreSQL brings along connects to the very same server, as the same role.
    ///
    /// - Throws: ``PostgresError/Code/connectionLost`` when there is no connection any more.
    func clientSettings() throws -> ClientSettings {
        guard let libpq else { throw closed }
        return ClientSettings(
            libpq.settingsInEffect, password: libpq.password, endpoint: endpoint, hostAddress: hostAddress)
    }

    func setNoticeHandler(_ handler: (@Sendable (ServerMessage) -> Void)?) {
        libpq?.noticeHandler = handler
    }

    func setCompanion(_ companion: Companion?) {
        self.companion = companion
    }

    /// Sends one message and hands out its results as they come.
    ///
    /// - Parameters:
    ///   - copyData: Returns piece by piece what the server gets when a statement is a `COPY … FROM stdin`; `nil` behind the last.
    ///   - isCancellable: Whether cancelling the task cancels the statement; false for cleaning up.
    ///   - receive: Called for each row and each completed statement.
    /// - Returns: The error of the statement that failed, if one did.
    /// - Throws: ``PostgresError/Code/connectionLost`` and, before anything is sent, ``PostgresError/Code/cancelled``; what
    ///   `copyData` throws, when the server has given up the `COPY` for it.
    func exchange(
        _ message: [UInt8], copyData: CopySource? = nil, isCancellable: Bool = true,
        receive: (ServerResult) -> Void
    ) async throws -> ServerMessage? {
        let ticket = wakeup.begin()
        let outgoing = Outgoing(message: message, copyData: copyData)
        guard isCancellable else { return try exchangeBlocking(outgoing, ticket: nil, receive: receive) }
        return try await withTaskCancellationHandler {
            try await withCompanion { start in
                try exchangeBlocking(outgoing, ticket: ticket, startCompanion: start, receive: receive)
            }
        } onCancel: { [wakeup] in
            wakeup.cancel(ticket)
        }
    }

    /// What one exchange sends.
    private struct Outgoing {
        let message: [UInt8]
        let copyData: CopySource?
        /// What the source has handed out and libpq has not taken yet.
        var piece: ArraySlice<UInt8> = []
        /// Why the source could not go on.
        var failure: (any Error)?

        init(message: [UInt8], copyData: CopySource?) {
            self.message = message
            self.copyData = copyData
        }

        /// Gets more data; false at its end.
        mutating func fill() -> Bool {
            guard piece.isEmpty else { return true }
            do {
                while let next = try copyData?.next() {
                    piece = next
                    if !piece.isEmpty { return true }
                }
            } catch {
                failure = error
            }
            return false
        }

        /// Why the server has to give up the `COPY`; `nil` when all of its data was sent.
        var refusal: String? {
            if failure != nil { return "its data cannot be read" }
            return copyData == nil ? "no data is at hand for COPY FROM stdin" : nil
        }
    }

    private func exchangeBlocking(
        _ outgoing: Outgoing, ticket: Wakeup.Ticket?, startCompanion: (() -> Void)? = nil,
        receive: (ServerResult) -> Void
    ) throws -> ServerMessage? {
        guard let libpq else { throw closed }
        if let ticket, wakeup.isCancelled(ticket) { throw PostgresError(code: .cancelled, message: "interrupted") }
        guard libpq.send(outgoing.message) else { throw lost(libpq.errorMessage) }
        defer { libpq.waitForReader(false) }
        var outgoing = outgoing
        var isCancelled = false
        var isSent = false
        var isCopying = false
        var isReceiving = false
        var isHungUp = false
        var failure: ServerMessage?
        var companionDue = startCompanion == nil ? nil : companion.map { ContinuousClock.now + $0.delay }
        while true {
            if let due = companionDue, due <= .now {
                startCompanion?()
                companionDue = nil
            }
            if isCopying { isCopying = try !sendCopyData(&outgoing, libpq) }
            if !isSent || isCopying {
                guard let sent = libpq.flush() else { throw lost(libpq.errorMessage) }
                isSent = sent
            }
            // Rows have nowhere to go here, be they those of a SELECT or of a COPY TO stdout.
            if isReceiving { isReceiving = !libpq.skipCopyData() && !isHungUp }
            while !isCopying && !isReceiving && (isHungUp || !libpq.isBusy) {
                guard let result = libpq.nextResult() else {
                    guard libpq.hasFailed else {
                        if let failure = outgoing.failure { throw failure }
                        return failure
                    }
                    throw lost(failure?.message ?? libpq.errorMessage, serverMessage: failure)
                }
                switch result {
                case .failed(let error): failure = failure ?? error
                case .copyIn:
                    libpq.waitForReader(true)
                    isCopying = try !sendCopyData(&outgoing, libpq)
                    isSent = false
                case .copyOut:
                    guard !isHungUp else { throw lost(libpq.errorMessage) }
                    isReceiving = !libpq.skipCopyData()
                default: receive(result)
                }
            }
            let readiness = wakeup.wait(
                for: libpq.socket, writing: !isSent || isCopying, ticket: isCancelled ? nil : ticket,
                timeout: isCancelled ? Self.cancelInterval : companionDue.map { max(.zero, $0 - .now) })
            switch readiness {
            case .timedOut where !isCancelled: break  // time for the companion
            case .cancelled, .timedOut:
                // Now the server's answer counts. It does not hear us while it still reads the message, so we ask again.
                isCancelled = true
                libpq.cancel()
            case .socket:
                // What the server said before it hung up is still to be read.
                isHungUp = !libpq.consumeInput()
            }
        }
    }

    /// Queues as much `COPY` data as libpq takes without waiting.
    ///
    /// - Returns: Whether all of it, and its end, is queued.
    private func sendCopyData(_ outgoing: inout Outgoing, _ libpq: LibPQ) throws(PostgresError) -> Bool {
        while outgoing.fill() {
            let piece = outgoing.piece.prefix(Self.copyPiece)
            guard let queued = libpq.putCopyData(piece) else { return try endEarly(libpq) }
            guard queued else { return false }
            outgoing.piece.removeFirst(piece.count)
            // Sent at once, so that libpq's buffer stays small however much data there is.
            guard let sent = libpq.flush() else { throw lost(libpq.errorMessage) }
            guard sent else { return false }
        }
        let reason = outgoing.refusal
        guard let ended = libpq.endCopy(refusing: reason) else { return try endEarly(libpq) }
        return ended
    }

    /// The server ended the `COPY` before we did: its error is among the results.
    private func endEarly(_ libpq: LibPQ) throws(PostgresError) -> Bool {
        if libpq.hasFailed { throw lost(libpq.errorMessage) }
        return true
    }

    private static let copyPiece = 64 * 1024
    private static let cancelInterval = Duration.milliseconds(250)

    private var closed: PostgresError {
        PostgresError(
            code: .connectionLost,
            message: "the connection to PostgreSQL at \(endpoint) was lost: the connection was closed")
    }

    /// - Parameter serverMessage: The last error before the connection ended; kept if it is the server's own and not libpq's.
    private func lost(_ reason: String, serverMessage: ServerMessage? = nil) -> PostgresError {
        libpq = nil
        // libpq explains on further lines what it guesses.
        let reason = reason.split(whereSeparator: \.isNewline).first ?? "no reason was given"
        return PostgresError(
            code: .connectionLost,
            message: """
                the connection to PostgreSQL at \(endpoint) was lost: \(reason)
                hint: \(ServerMessage.adviceAfterLoss(sqlState: serverMessage?.sqlState))
                """,
            serverMessage: serverMessage?.sqlState == nil ? nil : serverMessage)
    }

    /// An error of a statement of ours, which has no file to point to.
    static func error(for failure: ServerMessage, code: PostgresError.Code) -> PostgresError {
        let isCancellation = failure.sqlState == SQLState.queryCanceled && Task.isCancelled
        return PostgresError(
            code: isCancellation ? .cancelled : code,
            message: (["error: \(failure.headline)"] + failure.remarks
                + (failure.advice.map { ["hint: \($0)"] } ?? [])).joined(separator: "\n"),
            serverMessage: failure)
    }
}
