// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisBackupTargetTests {
    @Test(
        "a copy loaded elsewhere is what Redis itself calls the same, in both forms of the transfer",
        arguments: ["yes", "no"])
    func roundTrip(diskless: String) async throws {
        try await TestRedis.with {
            $0.settings["repl-diskless-sync"] = diskless
        } _: { redis in
            try await SampleData.fill(redis.connection)
            let digest = try await redis.digest
            try await FolderDestination.with { destination in
                let snapshot = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
                #expect(destination.finishedFiles == ["redis/dump.rdb", "redis/users.acl"])
                #expect(snapshot.details["transfer"] == (diskless == "yes" ? "diskless" : "disk"))
                #expect(snapshot.serverVersion == redis.server.version)
                #expect(snapshot.consistency == .instant)
                #expect(snapshot.warnings.isEmpty)
                let data = try #require(FileManager.default.contents(atPath: "\(destination.folder)/redis/dump.rdb"))
                try await Loaded.with(Array(data)) { loaded in
                    #expect(try await loaded.digest == digest)
                    #expect(try await loaded.run("FCALL", "answer", "0") == .integer(42))
                    #expect(try await loaded.run("PEXPIRETIME", "text") == .integer(4_102_444_800_001))
                    let pending = try await loaded.run("XPENDING", "stream:groups", "first").array
                    #expect(pending?.first == .integer(3))
                }
            }
        }
    }

    @Test("the metadata holds the keys of each database, the time, and what was set otherwise than by default")
    func details() async throws {
        try await TestRedis.with {
            $0.settings["maxmemory-policy"] = "allkeys-lru"
            $0.settings["masterauth"] = "swordfish-master"
        } _: { redis in
            try await SampleData.fill(redis.connection)
            try await FolderDestination.with { destination in
                let snapshot = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
                let details = snapshot.details
                #expect(details["dump"] == "redis/dump.rdb")
                #expect(details["keys"] == 41)
                #expect(details["expires"] == 4)
                #expect(details["databases"]?.arrayValue?.count == 3)
                #expect(details["databases"]?.arrayValue?[1] == ["database": 3, "keys": 2, "expires": 1])
                #expect(details["types"]?["hash"] == 4)
                #expect(details["functions"] == 1)
                #expect(details["rdb_version"] == 10)
                #expect(details["role"] == "master")
                #expect(details["settings"]?["maxmemory-policy"] == "allkeys-lru")
                #expect(details["settings"]?["hz"] == nil)
                #expect(details["settings"]?["masterauth"] == nil)
                #expect(!"\(snapshot)".contains("swordfish"))
                let time = try #require(snapshot.takenAt)
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
            }
        }
    }

    @Test("users are saved as a server reads them, or left out when asked to")
    func users() async throws {
        try await TestRedis.with { redis in
            try await redis.run("ACL", "SETUSER", "reader", "on", ">swordfish", "~app:*", "+get")
            try await FolderDestination.with { destination in
                let snapshot = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
                #expect(snapshot.details["users"] == "redis/users.acl")
                let path = "\(destination.folder)/redis/users.acl"
                let text = try String(contentsOfFile: path, encoding: .utf8)
                #expect(text.contains("user reader on "))
                #expect(!text.contains("swordfish"))
                #expect(UsersFile.isReadable(text))
                try await TestRedis.with {
                    $0.settings["aclfile"] = path
                } _: { other in
                    let reply = try await other.run("AUTH", "reader", "swordfish")
                    #expect(reply.string == "OK")
                }
            }
            var options = RedisBackupTarget.Options()
            options.savesUsers = false
            try await FolderDestination.with { destination in
                let target = RedisBackupTarget(redis.configuration, options: options)
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(destination.finishedFiles == ["redis/dump.rdb"])
                #expect(snapshot.details["users"] == nil)
            }
        }
    }

    @Test("a user with nothing but sync and replconf is enough; what could not be noted is said")
    func smallestUser() async throws {
        try await TestRedis.with { redis in
            try await redis.run("SET", "a", "1")
            try await redis.run("ACL", "SETUSER", "saver", "on", ">swordfish", "-@all", "+sync", "+replconf")
            var configuration = redis.configuration
            configuration.user = "saver"
            configuration.password = "swordfish"
            try await FolderDestination.with { destination in
                let snapshot = try await RedisBackupTarget(configuration).backUp(to: destination) { _ in }
                #expect(snapshot.details["keys"] == 1)
                #expect(snapshot.serverVersion == redis.server.version)
                #expect(snapshot.warnings.count == 3)
                #expect(snapshot.details["settings"] == nil)
            }
        }
    }

    @Test("a password is used over TCP and through a socket", arguments: [true, false])
    func password(overTCP: Bool) async throws {
        let port = try #require(FreePort.find())
        try await TestRedis.with {
            $0.settings["requirepass"] = "swordfish"
            $0.port = port
        } _: { redis in
            try await redis.run("SET", "a", "1")
            let endpoint: RedisConfiguration.Endpoint =
                overTCP ? .tcp(host: "127.0.0.1", port: port) : .socket(redis.server.socket)
            try await FolderDestination.with { destination in
                let target = RedisBackupTarget(.patient(endpoint, password: "swordfish"))
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(snapshot.details["keys"] == 1)
                #expect(target.address == (overTCP ? "127.0.0.1:\(port)" : redis.server.socket))
            }
        }
    }

    @Test("the wait for the server's delay is told, and so is the progress")
    func waiting() async throws {
        try await TestRedis.with {
            $0.settings["repl-diskless-sync-delay"] = "5"
        } _: { redis in
            try await redis.run("SET", "a", "1")
            let events = EventList()
            try await FolderDestination.with { destination in
                _ = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { events.add($0) }
            }
            // There may be a notice before it, of a machine that is short of memory.
            let told = events.all.first { if case .waiting = $0 { true } else { false } }
            #expect(told == .waiting("the server begins within 5 s (repl-diskless-sync-delay)"))
            guard case .progress(let last) = events.all.last else {
                Issue.record("no progress was told")
                return
            }
            #expect(last.phase == "copying")
            #expect(last.bytes > 0)
        }
    }

    @Test("a backup leaves no replica behind")
    func leavesNothing() async throws {
        try await TestRedis.with { redis in
            try await FolderDestination.with { destination in
                _ = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
            }
            let isAlone = try await eventually {
                let info = ServerInfo(try await redis.run("INFO").string ?? "")
                return info.number("connected_slaves") == 0 && info.number("connected_clients") == 1
            }
            #expect(isAlone)
        }
    }

    @Test("a connected replica is saved as its master is")
    func replica() async throws {
        let port = try #require(FreePort.find())
        try await TestRedis.with {
            $0.port = port
        } _: { master in
            try await SampleData.fill(master.connection)
            try await TestRedis.with {
                $0.settings["replicaof"] = "127.0.0.1 \(port)"
            } _: { replica in
                let isUp = try await eventually {
                    ServerInfo(try await replica.run("INFO", "replication").string ?? "")["master_link_status"] == "up"
                }
                try #require(isUp)
                try await FolderDestination.with { destination in
                    let snapshot = try await RedisBackupTarget(replica.configuration).backUp(to: destination) { _ in }
                    #expect(snapshot.details["role"] == "replica")
                    let expected = RedisDetails.hexadecimal(try await master.summary().contentDigest)
                    #expect(snapshot.details["content_digest"] == .string(expected))
                }
            }
        }
    }

    @Test("two keys that are written together are equal in the copy")
    func oneInstant() async throws {
        try await TestRedis.with { redis in
            let writer = Task {
                let connection = try await RedisConnection.open(redis.configuration)
                var number = 0
                while !Task.isCancelled {
                    number += 1
                    _ = try await connection.ask(["MSET", "left", "\(number)", "right", "\(number)", "k\(number)", "x"])
                }
            }
            defer { writer.cancel() }
            let hasBegun = try await eventually { try await redis.run("EXISTS", "left") == .integer(1) }
            try #require(hasBegun)
            for _ in 0..<5 {
                try await Loaded.with(try await redis.dump()) { loaded in
                    let left = try await loaded.run("GET", "left").string
                    #expect(left != nil)
                    #expect(try await loaded.run("GET", "right").string == left)
                }
            }
        }
    }
}

/// Events in the order in which they came.
final class EventList: Sendable {
    private let events = Mutex<[BackupTargetEvent]>([])

    func add(_ event: BackupTargetEvent) { events.withLock { $0.append(event) } }

    var all: [BackupTargetEvent] { events.withLock(\.self) }
}
