// SPDX-License-Identifier: Apache-2.0

/// Why no connection was made, told so that a person knows what to change.
struct ConnectionFailure: Error {
    let endpoint: PostgresEndpoint
    let origin: PostgresConfiguration.Origin
    let reason: String
    let needsPassword: Bool
    /// Whether nobody refused anything, and the time was over.
    var isTimeout = false

    var error: PostgresError {
        // Without a host libpq did not get as far as to an address.
        guard !endpoint.host.isEmpty else {
            return PostgresError(
                code: .invalidConfiguration,
                message: "the connection settings (\(origin.description)) cannot be used: \(shortReason)")
        }
        let lines = [
            "cannot connect to PostgreSQL at \(endpoint) (\(origin.description)): \(shortReason)",
            "hint: \(hint)",
        ]
        return PostgresError(
            code: .connectionFailed, message: lines.joined(separator: "\n"),
            serverMessage: answer.map { ServerMessage(severity: "FATAL", sqlState: $0.sqlState, message: shortReason) })
    }

    /// Whether the server is there, and can have a place for us in a moment: it starts, stops, or has no connection left.
    var maySoonPass: Bool {
        [SQLState.cannotConnectNow, SQLState.tooManyConnections].contains(answer?.sqlState)
    }

    /// libpq's reason without the address, which the line has already.
    private var shortReason: String {
        if let answer { return answer.text }
        guard let tail = line.split(separator: "failed:", omittingEmptySubsequences: false).dropFirst().last else {
            return line
        }
        return String(tail.drop { $0 == " " })
    }

    private var line: String {
        // On lines that begin with a tab libpq asks what our hint asks, too. The location is one in the server's source.
        reason.split(whereSeparator: \.isNewline).filter { $0.first != "\t" && !$0.hasPrefix("LOCATION:") }
            .joined(separator: "; ")
    }

    /// What a server said, behind its SQLSTATE; the last of them where several were asked.
    private var answer: (sqlState: String, text: String)? {
        // FATAL:  57P03: the database system is starting up
        guard let start = line.ranges(of: ":  ").last(where: { Self.isSQLState(line[$0.upperBound...]) }) else {
            return nil
        }
        let tail = line[start.upperBound...]
        return (String(tail.prefix(5)), String(tail.dropFirst(7)))
    }

    private static func isSQLState(_ text: Substring) -> Bool {
        let state = text.prefix(5)
        return state.count == 5 && state.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
            && text.dropFirst(5).hasPrefix(": ")
    }

    private var hint: String {
        func says(_ text: String) -> Bool { reason.contains(text) }
        if needsPassword || says("no password supplied") {
            return "the server wants a password and none was given. Set \(origin.passwordPlace), or use ~/.pgpass."
        }
        if says("authentication failed") {
            return "the server refused user or password. Check \(origin.passwordPlace), or ~/.pgpass."
        }
        if says("pg_hba.conf") {
            return "the server does not let this user connect from here: see its pg_hba.conf."
        }
        if says("invalid ") {
            return "correct that setting (\(origin.description))."
        }
        if says("does not exist") {
            return "check the names of database and user; they came \(origin.description)."
        }
        switch answer?.sqlState {
        case SQLState.cannotConnectNow:
            return "the server is starting, stopping or recovering, for longer than we tried; start again in a moment."
        case SQLState.tooManyConnections:
            return """
                no connection was free while we tried, and a run needs one: close some, or raise max_connections, or the limit of \
                this role or database.
                """
        default: break
        }
        if says("read-only") || says("hot standby mode") || says("in recovery") {
            return "none of the servers is what target_session_attrs asks for: is there a primary among them?"
        }
        if says("could not translate host name") {
            return "check the name of the host; it came \(origin.description)."
        }
        return "is the server running? And is the address right? It came \(origin.description)."
    }
}
