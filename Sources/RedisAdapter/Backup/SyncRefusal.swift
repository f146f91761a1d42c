// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Why a server does not do what it was asked, for people.
struct SyncRefusal: Sendable {
    let endpoint: RedisConfiguration.Endpoint
    let user: String?

    /// - Parameters:
    ///   - message: The server's own words.
    ///   - command: What was asked, without its arguments.
    func error(_ message: String, command: String) -> RedisBackupError {
        let who = user ?? "default"
        if message.contains("max number of clients") { return Self.full(endpoint) }
        switch message.prefix(while: { !$0.isWhitespace }) {
        case "NOAUTH":
            return RedisBackupError(
                .unavailable,
                "Redis at \(endpoint) wants a password, and none was given. Put it into REDIS_URL or REDIS_PASSWORD.")
        case "NOPERM":
            return RedisBackupError(
                .unavailable,
                """
                the user \(who) may not run \(command) on Redis at \(endpoint). A backup needs \
                ACL SETUSER \(who) +sync +replconf, and to note settings and users +info +config|get +acl|list.
                """)
        case "DENIED": return Self.denied(endpoint)
        case "LOADING":
            return RedisBackupError(
                .unavailable, "Redis at \(endpoint) is still loading its data. Try again when it is done.")
        case "NOMASTERLINK", "MASTERDOWN":
            return RedisBackupError(
                .unavailable,
                """
                Redis at \(endpoint) is a replica that has lost its master, and gives no copy then. Save the master, or wait until \
                the link is up (INFO replication: master_link_status).
                """)
        default:
            // Its own words can repeat what it was sent, but nothing secret was.
            return RedisBackupError(
                .store,
                """
                Redis at \(endpoint) refuses \(command): \(message.prefix(200)). Where \(command) is not offered, as with some managed \
                services, no copy can be had over the network.
                """)
        }
    }

    /// In protected mode a server without a password turns away everybody from other machines, whatever they ask.
    static func denied(_ endpoint: RedisConfiguration.Endpoint) -> RedisBackupError {
        RedisBackupError(
            .unavailable,
            """
            Redis at \(endpoint) is in protected mode: it has no password, and answers its own machine only. Set a password there (requirepass) \
            and name it in REDIS_URL or REDIS_PASSWORD, or run this on its machine.
            """)
    }

    static func full(_ endpoint: RedisConfiguration.Endpoint) -> RedisBackupError {
        RedisBackupError(
            .unavailable,
            "Redis at \(endpoint) has as many connections as it may have (maxclients). Try again when some have ended, or raise it."
        )
    }
}
