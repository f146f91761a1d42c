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

    /// Makes a configuration of its parts.
    public init(_ endpoint: Endpoint, user: String? = nil, password: String? = nil, usesTLS: Bool = false) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.usesTLS = usesTLS
    }

    /// Finds the configuration in an environment: `REDIS_URL`, else `REDIS_HOST`, `REDIS_PORT`, `REDIS_USERNAME` and `REDIS_PASSWORD`.
    ///
    /// - Returns: The configuration; `nil` when neither `REDIS_URL` nor `REDIS_HOST` is there.
    /// - Throws: ``RedisBackupError`` of category `configuration` that names the variable which cannot be used.
    public static func find(in environment: [String: String]) throws(RedisBackupError) -> RedisConfiguration? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let url = value("REDIS_URL") { return try RedisConfiguration(url: url, foundIn: "REDIS_URL") }
        guard let host = value("REDIS_HOST") else { return nil }
        guard !host.contains("@"), !host.contains("://") else {
            throw RedisBackupError(.configuration, "REDIS_HOST has to be a host. A whole URL belongs into REDIS_URL.")
        }
        var port = 6379
        if let text = value("REDIS_PORT") {
            guard let number = Int(text), (1...65535).contains(number) else {
                throw RedisBackupError(.configuration, "REDIS_PORT has to be a number from 1 to 65535.")
            }
            port = number
        }
        let endpoint: Endpoint = host.hasPrefix("/") ? .socket(host) : .tcp(host: host, port: port)
        return RedisConfiguration(endpoint, user: value("REDIS_USERNAME"), password: value("REDIS_PASSWORD"))
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Redis at \(endpoint)" }
    public var debugDescription: String { description }
    /// Shows nothing, so that `dump` and test failures do not print a password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
