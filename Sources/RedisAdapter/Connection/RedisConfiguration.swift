// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Where a Redis server is, and as whom to connect.
///
/// Holds the password, if there is one; its description does not show it.
public struct RedisConfiguration: Sendable, Hashable {
    /// How a server is reached.
    public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        /// Over TCP.
        case tcp(host: String, port: Int)
        /// Through a Unix socket with that path.
        case socket(String)

        public var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .socket(let path): path
            }
        }
    }

    /// How the server is reached.
    public var endpoint: Endpoint
    /// The ACL user; `nil`: the server's default user.
    public var user: String?
    /// The password; `nil`: none.
    public var password: String?
    /// Whether the connection is to be encrypted.
    public var usesTLS: Bool
    /// How long connecting may take.
    public var connectTimeout: Duration = .seconds(10)
    /// How long the server may be silent while it owes us something. It gives a sign of life each second, except while it sends.
    public var silenceTimeout: Duration = .seconds(60)
    /// How long writers are held after the last sign of life of who holds them: see ``WriterPause``.
    var pauseLength: Duration = .seconds(60)

    /// Makes a configuration of its parts.
    public init(_ endpoint: Endpoint, user: String? = nil, password: String? = nil, usesTLS: Bool = false) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.usesTLS = usesTLS
    }

    /// Finds the configuration in an environment: `REDIS_URL`, else `REDIS_HOST`, `REDIS_PORT`, `REDIS_USERNAME` and `REDIS_PASSWORD`.
    ///
    /// Of the latter each may be there alone: the host is 127.0.0.1 then and the port 6379; a host that begins with `/` is the path of a Unix
    /// socket. An empty variable is none. There is no default password.
    ///
    /// - Returns: The configuration; `nil` when none of the variables is there.
    /// - Throws: ``RedisBackupError`` of category `configuration` that names the variable which cannot be used.
    public static func find(in environment: [String: String]) throws(RedisBackupError) -> RedisConfiguration? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let url = value("REDIS_URL") { return try RedisConfiguration(url: url, foundIn: "REDIS_URL") }
        let (named, user, password) = (value("REDIS_HOST"), value("REDIS_USERNAME"), value("REDIS_PASSWORD"))
        var port = 6379
        if let text = value("REDIS_PORT") {
            let isLink = text.hasPrefix("tcp://")
            // Set by Docker and Kubernetes for a neighbour of that name; by nobody who means us.
            if isLink, named == nil, user == nil, password == nil { return nil }
            guard let number = Int(text), (1...65535).contains(number) else {
                let reason = isLink ? " (Docker and Kubernetes set it to a URL where a service is called redis)" : ""
                throw RedisBackupError(
                    .configuration, "REDIS_PORT has to be a number from 1 to 65535\(reason). Set it, or use REDIS_URL.")
            }
            port = number
        } else if named == nil, user == nil, password == nil {
            return nil
        }
        let host = named ?? "127.0.0.1"
        guard host.hasPrefix("/") || isHost(host) else {
            throw RedisBackupError(
                .configuration,
                "REDIS_HOST has to be a host name, an address, or the path of a socket. A whole URL belongs into REDIS_URL."
            )
        }
        let endpoint: Endpoint = host.hasPrefix("/") ? .socket(host) : .tcp(host: host, port: port)
        return RedisConfiguration(endpoint, user: user, password: password)
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Redis at \(endpoint)" }
    public var debugDescription: String { description }
    /// Shows nothing, so that `dump` and test failures do not print a password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
