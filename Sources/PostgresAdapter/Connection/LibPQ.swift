// SPDX-License-Identifier: Apache-2.0

// The only file that sees libpq. Everything else works with Swift values.
internal import CLibPQ

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// One libpq connection. Used from one thread at a time; blocks only where a comment says so.
final class LibPQ {
    enum ConnectProgress { case wantsToRead, wantsToWrite, connected, failed }
    enum TransactionStatus { case idle, inTransaction, inFailedTransaction, other }

    private let connection: OpaquePointer
    private let notices = NoticeBox()
    /// `TCP_USER_TIMEOUT` as it was before it was switched off.
    private var userTimeout: CInt?

    /// Begins to connect. Names are resolved here, which blocks.
    init(parameters: [(keyword: String, value: String)]) throws(PostgresError) {
        var keywords = parameters.map { strdup($0.keyword) } + [nil]
        var values = parameters.map { strdup($0.value) } + [nil]
        defer { (keywords + values).forEach { free($0) } }
        let started = keywords.withUnsafeMutableBufferPointer { keywords in
            values.withUnsafeMutableBufferPointer { values in
                keywords.withMemoryRebound(to: UnsafePointer<CChar>?.self) { keywords in
                    values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        PQconnectStartParams(keywords.baseAddress, values.baseAddress, 1)
                    }
                }
            }
        }
        guard let started else { throw PostgresError(code: .connectionFailed, message: "out of memory") }
        connection = started
        // The reason for which a server refuses us is in the language of the server; its SQLSTATE, which it gets then, is not.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        // Without a receiver libpq prints notices to standard error.
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue().handler?(ServerMessage(result))
            },
            Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit { PQfinish(connection) }

    /// Whether libpq understands a URL. Its own message is thrown away: it can hold parts of a password.
    static func canRead(url: String) -> Bool {
        guard let options = PQconninfoParse(url, nil) else { return false }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            // A password with an unescaped @ ends up in the host, one with an unescaped / in port and database: in what
            // messages show.
            let isShown = ["host", "dbname"].contains(String(cString: keyword))
            if isShown, let value = option.pointee.val, String(cString: value).hasByte("@") { return false }
            option += 1
        }
        return true
    }

    /// `host`, `port` and `dbname` of settings, as libpq resolves them, service files included, without connecting.
    static func place(of settings: [(keyword: String, value: String)]) -> [String: String] {
        // It fills everything in, the user's name for a database without one, and then stumbles over this: before it looks up a host.
        guard let libpq = try? LibPQ(parameters: settings + [("sslmode", "strata only asks")]) else { return [:] }
        return libpq.place
    }

    private var place: [String: String] {
        guard let options = PQconninfo(connection) else { return [:] }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword.map({ String(cString: $0) }) {
            if ["host", "port", "dbname"].contains(keyword), let value = option.pointee.val, value.pointee != 0 {
                values[keyword] = String(cString: value)
            }
            option += 1
        }
        return values
    }

    /// Told what the server says on the side.
    var noticeHandler: ((ServerMessage) -> Void)? {
        get { notices.handler }
        set { notices.handler = newValue }
    }

    // MARK: - State

    var isConnected: Bool { PQstatus(connection) == CONNECTION_OK }
    var hasFailed: Bool { PQstatus(connection) == CONNECTION_BAD }
    var socket: Int32 { PQsocket(connection) }
    var backendPID: Int32 { PQbackendPID(connection) }
    var serverVersion: Int { Int(PQserverVersion(connection)) }
    var needsPassword: Bool { PQconnectionNeedsPassword(connection) == 1 }

    var errorMessage: String { String(cString: PQerrorMessage(connection)) }

    var transactionStatus: TransactionStatus {
        switch PQtransactionStatus(connection) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .inFailedTransaction
        default: .other
        }
    }

    func parameter(_ name: String) -> String? {
        PQparameterStatus(connection, name).map { String(cString: $0) }
    }

    /// Host (or socket folder), port, database and user, as libpq resolved them.
    var endpoint: PostgresEndpoint {
        func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        return PostgresEndpoint(
            host: text(PQhost(connection)), port: text(PQport(connection)), database: text(PQdb(connection)),
            user: text(PQuser(connection)))
    }

    /// What the connection was made with, libpq's own defaults left out, which other versions of libpq might not know.
    var settingsInEffect: [ClientSettings.Setting] {
        guard let options = PQconninfo(connection) else { return [] }
        defer { PQconninfoFree(options) }
        var settings: [ClientSettings.Setting] = []
        var option = options
        while let keyword = option.pointee.keyword {
            defer { option += 1 }
            guard let pointer = option.pointee.val else { continue }
            let value = String(cString: pointer)
            guard !value.isEmpty, value != option.pointee.compiled.map({ String(cString: $0) }) else { continue }
            let isSecret = option.pointee.dispchar.map { String(cString: $0).hasPrefix("*") } ?? false
            settings.append(.init(keyword: String(cString: keyword), value: value, isSecret: isSecret))
        }
        return settings
    }

    /// The password in use, wherever it came from.
    var password: String? { PQpass(connection).map { String(cString: $0) } }

    /// The network address that the host's name led to; empty for a Unix socket.
    var hostAddress: String { PQhostaddr(connection).map { String(cString: $0) } ?? "" }

    // MARK: - Work

    func pollConnect() -> ConnectProgress {
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: .wantsToRead
        case PGRES_POLLING_WRITING: .wantsToWrite
        case PGRES_POLLING_OK: .connected
        default: .failed
        }
    }

    /// Ends connecting: sending and receiving return from now on instead of waiting.
    func finishConnecting() {
        PQsetnonblocking(connection, 1)
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
    }

    /// Queues a message of one or several statements. Rows of its results come one by one, so that memory stays flat.
    func send(_ sql: [UInt8]) -> Bool {
        let terminated = sql.last == 0 ? sql : sql + [0]
        let sent = terminated.withUnsafeBytes { bytes in
            PQsendQuery(connection, bytes.bindMemory(to: CChar.self).baseAddress)
        }
        return sent == 1 && PQsetSingleRowMode(connection) == 1
    }

    /// Sends what is queued: true when all is sent, false when the socket has to become writable, `nil` on failure.
    func flush() -> Bool? {
        switch PQflush(connection) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    func consumeInput() -> Bool { PQconsumeInput(connection) == 1 }
    var isBusy: Bool { PQisBusy(connection) == 1 }

    /// The next result of what was sent, `nil` after the last one. To be called when `isBusy` is false.
    func nextResult() -> ServerResult? {
        guard let result = PQgetResult(connection) else { return nil }
        defer { PQclear(result) }
        return ServerResult(result)
    }

    /// Queues data of a `COPY … FROM stdin`: true when it is queued, false when what is queued has to be sent first, `nil`
    /// on failure.
    func putCopyData(_ data: ArraySlice<UInt8>) -> Bool? {
        let queued = data.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count))
        }
        return queued < 0 ? nil : queued == 1
    }

    /// Lets the server take its time for what is sent, and ends that. It reads the data of a `COPY` as fast as it needs them, while a
    /// trigger may wait for somebody; Linux does not tell that from a network that is gone.
    func waitForReader(_ waits: Bool) {
        #if os(Linux)
        if waits, userTimeout == nil {
            var value: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            guard getsockopt(socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &size) == 0 else { return }
            userTimeout = value
            setUserTimeout(0)
        } else if !waits, let value = userTimeout {
            userTimeout = nil
            setUserTimeout(value)
        }
        #endif
    }

    #if os(Linux)
    private func setUserTimeout(_ value: CInt) {
        var value = value
        _ = setsockopt(socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, socklen_t(MemoryLayout<CInt>.size))
    }
    #endif

    /// Ends the data of a `COPY … FROM stdin`, with an error if a reason is given: as `putCopyData`.
    func endCopy(refusing reason: String? = nil) -> Bool? {
        let queued = PQputCopyEnd(connection, reason)
        return queued < 0 ? nil : queued == 1
    }

    /// Throws away what a `COPY … TO stdout` has sent so far: true at its end.
    func skipCopyData() -> Bool {
        var row: UnsafeMutablePointer<CChar>?
        while true {
            let length = PQgetCopyData(connection, &row, 1)
            guard length > 0 else { return length < 0 }
            PQfreemem(row)
        }
    }

    /// Asks the server to cancel what it does for this connection. Blocks for one short connection to the server.
    func cancel() {
        guard let handle = PQgetCancel(connection) else { return }
        defer { PQfreeCancel(handle) }
        var reason = [CChar](repeating: 0, count: 256)
        PQcancel(handle, &reason, Int32(reason.count))
    }

    private final class NoticeBox {
        var handler: ((ServerMessage) -> Void)?
    }
}

extension ServerResult {
    fileprivate init(_ result: OpaquePointer) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: self = .completed(tag: String(cString: PQcmdStatus(result)))
        case PGRES_TUPLES_OK: self = .completed(tag: String(cString: PQcmdStatus(result)))
        case PGRES_SINGLE_TUPLE: self = .row(Self.columns(of: result))
        case PGRES_EMPTY_QUERY: self = .completed(tag: "")
        case PGRES_COPY_IN: self = .copyIn
        case PGRES_COPY_OUT, PGRES_COPY_BOTH: self = .copyOut
        default: self = .failed(ServerMessage(result))
        }
    }

    private static func columns(of result: OpaquePointer) -> [String?] {
        (0..<PQnfields(result)).map { column in
            PQgetisnull(result, 0, column) == 1 ? nil : String(cString: PQgetvalue(result, 0, column))
        }
    }
}

extension ServerMessage {
    fileprivate init(_ result: OpaquePointer) {
        func field(_ code: String) -> String? {
            let letter = Int32(code.utf8.first ?? 0)
            return PQresultErrorField(result, letter).map { String(cString: $0) }
        }
        // The letters are the protocol's field codes (PostgreSQL documentation, "Error and Notice Message Fields").
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR",
            sqlState: field("C"),
            message: field("M") ?? String(cString: PQresultErrorMessage(result)),
            detail: field("D"), hint: field("H"), context: field("W"),
            position: field("P").flatMap { Int($0) })
    }
}
