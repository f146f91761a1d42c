// SPDX-License-Identifier: Apache-2.0

/// Settings of ours that hold in the session of a run, from before it asks for the lock until its end.
///
/// - A limit for sessions that do nothing, or for transactions that last, is meant for those that were forgotten. A run does nothing
///   while it waits for its lock, for its next script or for others to pass, and works for as long as a migration takes. A script may
///   set limits of its own.
/// - The server notices within half a minute that we are gone, also when it is the network that is gone. By default that takes it two
///   hours, in which the lock would be held.
struct SessionSettings {
    private var values: [(name: String, value: String)]
    private static let connectionCheck = "client_connection_check_interval"

    /// - Parameters:
    ///   - serverVersion: The server's version as libpq counts it.
    ///   - usesNetwork: Whether the connection is one of TCP, and no Unix socket.
    init(serverVersion: Int, usesNetwork: Bool) {
        values = [("idle_in_transaction_session_timeout", "0")]
        if serverVersion >= 140_000 { values += [("idle_session_timeout", "0"), (Self.connectionCheck, "500ms")] }
        if serverVersion >= 170_000 { values.append(("transaction_timeout", "0")) }
        guard usesNetwork else { return }
        values += [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "4")]
        if serverVersion >= 120_000 { values.append(("tcp_user_timeout", "30s")) }
    }

    /// Gives up what the server refused: first that it looks whether we still live while it executes something for us, which not every
    /// platform can; then everything.
    ///
    /// - Returns: False when nothing was left to give up.
    mutating func giveUp() -> Bool {
        guard !values.isEmpty else { return false }
        if values.contains(where: { $0.name == Self.connectionCheck }) {
            values.removeAll { $0.name == Self.connectionCheck }
        } else {
            values = []
        }
        return !values.isEmpty
    }

    /// Makes the settings; to be repeated after `RESET ALL`.
    var statements: [String] { values.map { "SET \($0.name) = '\($0.value)'" } }

    /// Makes the settings, if the server's process is the one that we think it is: then there is a row, whose first column is the start
    /// of its session. Behind a pooler they would otherwise stay with a session of somebody else.
    func first(process: Int32) -> String {
        let columns = values.map { "pg_catalog.set_config('\($0.name)', '\($0.value)', false)" }
        return
            "SELECT \(([FormerSessions.Identity.ownStart] + columns).joined(separator: ", ")) WHERE pg_catalog.pg_backend_pid() = \(process)"
    }
}
