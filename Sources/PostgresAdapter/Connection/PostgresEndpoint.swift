// SPDX-License-Identifier: Apache-2.0

/// Where a connection leads and as whom. Holds no secret.
public struct PostgresEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The host's name or address, or the folder of a Unix socket.
    public var host: String
    /// The port.
    public var port: String
    /// The database.
    public var database: String
    /// The user.
    public var user: String

    public var description: String {
        let place = host.hasPrefix("/") ? "socket \(host), port \(port)" : "\(host):\(port)"
        return "\(place), database \(database), user \(user)"
    }
}
