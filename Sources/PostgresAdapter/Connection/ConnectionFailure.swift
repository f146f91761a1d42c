// SPDX-License-Identifier: Apache-2.0

/// Why no connection was made, told so that a person knows what to change.
struct ConnectionFailure {
    let endpoint: PostgresEndpoint
    let origin: PostgresConfiguration.Origin
    let reason: String
    let needsPassword: Bool

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
        return PostgresError(code: .connectionFailed, message: lines.joined(separator: "\n"))
    }

    /// libpq's reason without the address, which the line has already.
    private var shortReason: String {
        // On lines that begin with a tab libpq asks what our hint asks, too.
        let line = reason.split(whereSeparator: \.isNewline).filter { $0.first != "\t" }.joined(separator: "; ")
        for marker in ["FATAL:", "failed:"] {
            if let tail = line.split(separator: marker, omittingEmptySubsequences: false).dropFirst().last {
                return String(tail.drop { $0 == " " })
            }
        }
        return line
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
        if says("starting up") || says("shutting down") {
            return "the server is starting or stopping; try again in a moment."
        }
        if says("too many clients") || says("remaining connection slots") {
            return "the server has no connection left; raise max_connections or close some."
        }
        if says("could not translate host name") {
            return "check the name of the host; it came \(origin.description)."
        }
        return "is the server running? And is the address right? It came \(origin.description)."
    }
}
