// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import ThrowawayRedis

@testable import RedisAdapter

/// A real server for one test.
struct TestRedis {
    let server: ThrowawayRedis
    let connection: RedisConnection

    /// Runs a body with a server, which is stopped at its end.
    static func with<Result: Sendable>(
        _ configure: (inout ThrowawayRedis.Options) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ body: (TestRedis) async throws -> Result
    ) async throws -> Result {
        var options = ThrowawayRedis.Options()
        // A replica that hears nothing of its master for a minute gives up.
        options.settings["repl-timeout"] = "3600"
        configure(&options)
        let server = try await ThrowawayRedis.start(options, launcher: TestLauncher())
        do {
            let connection = try await RedisConnection.open(
                .patient(.socket(server.socket), password: options.settings["requirepass"]))
            let result = try await body(TestRedis(server: server, connection: connection))
            await connection.close()
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    var configuration: RedisConfiguration { .patient(.socket(server.socket)) }

    /// Sends a command; an error of the server is thrown.
    @discardableResult
    func run(_ words: String...) async throws -> RedisReply {
        let reply = try await connection.ask(words)
        if let error = reply.error { throw RedisBackupError(.store, error) }
        return reply
    }

    /// What Redis itself computes of all that it holds.
    var digest: String {
        get async throws { try await run("DEBUG", "DIGEST").string ?? "" }
    }

    /// The server's process.
    var process: Int32 {
        get throws {
            let text = try String(contentsOfFile: "\(server.folder)/redis.pid", encoding: .utf8)
            return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }
    }

    /// All that the server holds, as it sends it to replicas.
    func dump() async throws -> [UInt8] {
        let sink = Collector()
        _ = try await RedisCopy(configuration: configuration, reasonToWait: "").perform(into: sink) { _ in }
        return await sink.bytes
    }

    /// What a reader says of all that the server holds.
    func summary() async throws -> RDBSummary {
        try await RedisCopy(configuration: configuration, reasonToWait: "").perform(into: nil) { _ in }.summary
    }
}

extension RedisConfiguration {
    /// How tests reach a server: on a machine with much to do, both sides may take minutes for a step.
    static func patient(_ endpoint: Endpoint, user: String? = nil, password: String? = nil) -> RedisConfiguration {
        var configuration = RedisConfiguration(endpoint, user: user, password: password)
        configuration.connectTimeout = .seconds(3600)
        configuration.silenceTimeout = .seconds(3600)
        configuration.pauseLength = .seconds(3600)
        return configuration
    }
}

actor Collector: ByteSink {
    private(set) var bytes: [UInt8] = []

    func write(_ more: [UInt8]) { bytes += more }
}

extension RDBReader {
    /// Reads a whole file.
    static func read(_ bytes: [UInt8]) throws(RDBError) -> RDBSummary {
        var reader = RDBReader()
        try reader.read(bytes)
        return try reader.finish()
    }
}
