// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisBackupFailureTests {
    /// The error of a backup that fails.
    private static func failure(
        _ configuration: RedisConfiguration, onWrite: (@Sendable (Int64) async throws -> Void)? = nil,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> (any BackupError)? {
        try await FolderDestination.with(onWrite: onWrite) { destination in
            do {
                _ = try await RedisBackupTarget(configuration).backUp(to: destination) { _ in }
                Issue.record("the backup did not fail")
                return nil
            } catch let error as any BackupError {
                #expect(!destination.finishedFiles.contains("redis/dump.rdb"))
                #expect(!"\(error)".contains("swordfish"))
                #expect(!"\(error)".contains("\n"))
                return error
            }
        }
    }

    @Test("a server that ends in the middle is an error", arguments: ["yes", "no"])
    func killed(diskless: String) async throws {
        try await TestRedis.with {
            $0.settings["repl-diskless-sync"] = diskless
            $0.settings["rdbcompression"] = "no"
        } _: { redis in
            // More than sockets take of it at once.
            for number in 0..<40 {
                try await redis.run("SETRANGE", "key\(number)", "1000000", "x")
            }
            let process = try redis.process
            let error = try await Self.failure(redis.configuration) { _ in kill(process, SIGKILL) }
            #expect(error?.category == .store)
            #expect(error?.description.contains("before the end of the copy") == true)
        }
    }

    @Test("a wrong password is an error that does not repeat it")
    func wrongPassword() async throws {
        try await TestRedis.with {
            $0.settings["requirepass"] = "right"
        } _: { redis in
            var configuration = redis.configuration
            let none = try await Self.failure(configuration)
            #expect(none?.category == .unavailable)
            #expect(none?.description.contains("wants a password") == true)
            configuration.password = "swordfish"
            let wrong = try await Self.failure(configuration)
            #expect(wrong?.category == .unavailable)
            #expect(wrong?.description.contains("WRONGPASS") == true)
            configuration.user = "nobody"
            let unknown = try await Self.failure(configuration)
            #expect(unknown?.description.contains("the user nobody") == true)
        }
    }

    @Test("a user who may not is an error that says what he needs")
    func noPermission() async throws {
        try await TestRedis.with { redis in
            try await redis.run("ACL", "SETUSER", "saver", "on", ">swordfish", "~*", "+@all", "-sync", "-psync")
            var configuration = redis.configuration
            configuration.user = "saver"
            configuration.password = "swordfish"
            let error = try await Self.failure(configuration)
            #expect(error?.category == .unavailable)
            #expect(error?.description.contains("+sync +replconf") == true)
        }
    }

    @Test("no server, and something that is no Redis server, are errors")
    func nobody() async throws {
        let port = try #require(FreePort.find())
        let refused = try await Self.failure(RedisConfiguration(.tcp(host: "127.0.0.1", port: port)))
        #expect(refused?.category == .unavailable)
        #expect(refused?.description.contains("127.0.0.1:\(port)") == true)
        let missing = try await Self.failure(RedisConfiguration(.socket("/nowhere/redis.sock")))
        #expect(missing?.category == .unavailable)
        let silent = try #require(SilentListener())
        defer { silent.close() }
        var configuration = RedisConfiguration.patient(.tcp(host: "127.0.0.1", port: silent.port))
        configuration.silenceTimeout = .milliseconds(300)
        let mute = try await Self.failure(configuration)
        #expect(mute?.category == .store)
        #expect(mute?.description.contains("silent") == true)
    }

    @Test("TLS is refused with what to do instead")
    func encryption() async throws {
        let configuration = try RedisConfiguration(url: "rediss://:swordfish@127.0.0.1:1")
        let error = try await Self.failure(configuration)
        #expect(error?.category == .configuration)
        #expect(error?.description.contains("TLS") == true)
    }

    @Test("a replica without its master says so")
    func lostMaster() async throws {
        try await TestRedis.with {
            $0.keepsExpiredKeys = true
        } _: { redis in
            let error = try await Self.failure(redis.configuration)
            #expect(error?.category == .unavailable)
            #expect(error?.description.contains("has lost its master") == true)
        }
    }

    @Test("an error of the destination is passed on, and the server is left alone")
    func destinationFails() async throws {
        try await TestRedis.with { redis in
            for number in 0..<40 { try await redis.run("SETRANGE", "key\(number)", "1000000", "x") }
            let error = try await Self.failure(redis.configuration) { count in
                if count > 0 { throw FolderDestination.Failure() }
            }
            #expect(error?.category == .destination)
            let isAlone = try await eventually {
                ServerInfo(try await redis.run("INFO").string ?? "").number("connected_slaves") == 0
            }
            #expect(isAlone)
        }
    }

    @Test("a cancelled backup gives up while it waits")
    func cancelled() async throws {
        try await TestRedis.with {
            $0.settings["repl-diskless-sync-delay"] = "600"
        } _: { redis in
            let events = EventList()
            let backup = Task {
                try await FolderDestination.with { destination in
                    try await RedisBackupTarget(redis.configuration).backUp(to: destination) { events.add($0) }
                }
            }
            #expect(try await eventually { !events.all.isEmpty })
            backup.cancel()
            let result = await backup.result
            #expect(throws: RedisBackupError.cancelled) { try result.get() }
            let isAlone = try await eventually {
                ServerInfo(try await redis.run("INFO").string ?? "").number("connected_slaves") == 0
            }
            #expect(isAlone)
        }
    }
}
