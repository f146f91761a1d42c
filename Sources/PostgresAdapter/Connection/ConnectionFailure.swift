// SPDX-License-Identifier: Apache-2.0

/// Why no connection was made, told so that a person knows what to change.
struct ConnectionFailure {
    let endpoint: PostgresEndpoint
    let origin: PostgresConfiguration.Origin
    let reason: String
    let needsPassword: Bool

    var error: PostgresError {
        let lines = [
            "cannot connect to PostgreSQL at \(endpoint) (\(origin.description)): \(shortReason)",
            "hint: \(hint)",
        ]
        return PostgresError(code: .connectionFailed, message: lines.joined(separator: "\n"))
    }

    /// libpq's reason without the address, which the line has already.
    private var shortReason: String {
        let line = reason.split(whereSeparator: \.isNewline).joined(separator: "; ")
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
        if says("no pg_hba.conf entry") {
            return "the server does not let this user connect from here: its pg_hba.conf has no line for it."
        }
        if says("does not exist") {
            return "check the names of database and user (\(origin.description))."
        }
        if says("starting up") || says("shutting down") {
            return "the server is starting or stopping; try again in a moment."
        }
        if says("too many clients") || says("remaining connection slots") {
            return "the server has no connection left; raise max_connections or close some."
        }
        if says("could not translate host name") {
            return "the host's name cannot be resolved; check \(origin.description)."
        }
        return "is the server running, and is the address right (\(origin.description))?"
    }
}
