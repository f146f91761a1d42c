// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What is put into a server's folder before it starts.
struct ServerFiles: Sendable {
    /// An address that no packet leaves for: connecting fails at once.
    private static let nobody = "255.255.255.255 1"

    let configuration: String
    private let options: ThrowawayRedis.Options
    private let folder: String

    init(_ options: ThrowawayRedis.Options, folder: String, version: String) {
        self.options = options
        self.folder = folder
        let major = version.split(separator: ".").first.flatMap { Int($0) } ?? 0
        var settings = [
            "port": options.port.map(String.init) ?? "0", "bind": "127.0.0.1",
            "unixsocket": Self.quoted("\(folder)/redis.sock"),
            "unixsocketperm": "700", "dir": Self.quoted(options.dataFolder ?? "\(folder)/data"),
            "dbfilename": "dump.rdb",
            "save": "\"\"", "appendonly": "no", "daemonize": "no", "logfile": "\"\"", "loglevel": "notice",
            "pidfile": Self.quoted("\(folder)/redis.pid"), "repl-diskless-sync": "yes", "repl-diskless-sync-delay": "0",
        ]
        // Debugging is off by default from 7.0 on; before, the setting does not exist.
        if major >= 7 { settings["enable-debug-command"] = "local" }
        if options.keepsExpiredKeys { settings["replicaof"] = Self.nobody }
        settings.merge(options.settings) { $1 }
        configuration =
            (settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } + options.lines)
            .joined(separator: "\n") + "\n"
    }

    /// A path as one word of `redis.conf`, with blanks and quotation marks in it.
    private static func quoted(_ path: String) -> String {
        let escaped = path.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    func write() throws(ThrowawayRedisError) {
        guard mkdir("\(folder)/data", 0o700) == 0, save(configuration, "\(folder)/redis.conf") else { throw failure }
        if let data = options.data {
            // A link: what is there is not copied, and what the server would save replaces the link.
            guard symlink(data, "\(folder)/data/dump.rdb") == 0 else { throw failure }
        }
    }

    private var failure: ThrowawayRedisError {
        ThrowawayRedisError(
            .configuration, "Nothing can be written to \(folder): \(String(cString: strerror(errno))).")
    }

    private func save(_ text: String, _ path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return platformWrite(descriptor, bytes) == bytes.count
    }
}

private func platformWrite(_ descriptor: Int32, _ bytes: [UInt8]) -> Int { write(descriptor, bytes, bytes.count) }
