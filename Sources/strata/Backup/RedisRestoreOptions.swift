// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RedisAdapter

/// How Redis is restored.
struct RedisRestoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Restore Redis into this folder of a server that is stopped, append-only file included; else into the server that runs.",
            valueName: "dir"))
    var redisDir: String?

    @Option(
        help: ArgumentHelp(
            "The redis.conf of a server that is stopped: it says where its folder is, and what its files are called.",
            valueName: "file"))
    var redisConf: String?

    @Option(
        help: ArgumentHelp(
            "The version of the server that is stopped, where it is newer than its files.", valueName: "version"))
    var redisVersion: String?

    @Option(
        help: ArgumentHelp(
            "Where the Redis server that runs connects to us: an address of this machine to listen on, with a port or without.",
            valueName: "address[:port]"))
    var redisListen: String?

    @Option(
        help: ArgumentHelp(
            "The address under which the Redis server reaches us, where that is another one (containers, port mappings).",
            valueName: "address"))
    var redisAnnounce: String?

    @Option(
        help: ArgumentHelp(
            "The address that the Redis server comes from, where that is not the one that we reach it at.",
            valueName: "address"))
    var redisPeer: String?

    var isFolder: Bool { redisDir != nil || redisConf != nil }

    func validate() throws {
        if isFolder, redisListen != nil || redisAnnounce != nil || redisPeer != nil {
            throw ValidationError(
                "--redis-listen, --redis-announce and --redis-peer are for a server that runs, --redis-dir and --redis-conf for a folder."
            )
        }
        if redisVersion != nil, !isFolder {
            throw ValidationError("--redis-version goes with --redis-dir or --redis-conf.")
        }
        if let redisListen, Self.endpoint(redisListen) == nil {
            throw ValidationError(
                "--redis-listen \(redisListen) is no address: write 192.0.2.1, 192.0.2.1:7000 or [2001:db8::1]:7000.")
        }
    }

    var live: RedisRestoreTarget.Options {
        var options = RedisRestoreTarget.Options()
        if let endpoint = redisListen.flatMap(Self.endpoint) {
            options.listenAddress = endpoint.address
            options.listenPort = endpoint.port
        }
        options.announcedAddress = redisAnnounce
        options.peerAddress = redisPeer
        return options
    }

    /// - Parameter server: The server that the environment names.
    func folderTarget(_ server: RedisConfiguration?) throws -> RedisFolderRestoreTarget {
        let file = try redisConf.map { try RedisServerFile(BackupFolderOptions.absolute($0)) }
        guard let folder = redisDir.map({ BackupFolderOptions.absolute($0) }) ?? file?.folder else {
            throw Failure(
                status: .wrongUsage,
                message:
                    "\(redisConf ?? "") does not say where the server's folder is (dir, an absolute path): add --redis-dir"
            )
        }
        var options = file?.options ?? .init()
        options.serverVersion = redisVersion
        let named = server ?? file?.port.map { RedisConfiguration(.tcp(host: "127.0.0.1", port: $0)) }
        return RedisFolderRestoreTarget(folder: folder, server: named, options: options)
    }

    /// An address with a port or without; `nil` when it is none.
    static func endpoint(_ text: String) -> (address: String, port: Int)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let address = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (address, 0) }
            guard rest.hasPrefix(":"), let port = port(rest.dropFirst()) else { return nil }
            return (address, port)
        }
        let colons = text.filter { $0 == ":" }.count
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return text.isEmpty ? nil : (text, 0) }
        guard let port = port(text[text.index(after: colon)...]) else { return nil }
        return (String(text[..<colon]), port)
    }

    private static func port(_ text: Substring) -> Int? { Int(text).flatMap { (1...65535).contains($0) ? $0 : nil } }
}
