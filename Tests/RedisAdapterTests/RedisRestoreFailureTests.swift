// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

/// In every way out the server follows nobody, and has what it had or what was restored.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisRestoreFailureTests {
    /// Runs a body with a server that has other data than the set.
    private static func with(
        _ body: @Sendable (SavedSet, TestRedis, _ digest: String) async throws -> Void
    ) async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                try await body(set, redis, try await redis.digest)
            }
        }
    }

    /// It is a master that takes writes.
    private static func expectFree(_ redis: TestRedis) async throws {
        #expect(try await redis.role == "master")
        #expect(try await redis.run("SET", "free", "1").string == "OK")
        try await redis.run("DEL", "free")
    }

    @Test("cancelled while the server connects, or while it gets the copy", arguments: [false, true])
    func cancelled(whileSending: Bool) async throws {
        try await Self.with { set, redis, digest in
            let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
            let running = Mutex<Task<RedisBackupError?, any Error>?>(nil)
            let restore = Task {
                while running.withLock({ $0 == nil }) { await Task.yield() }
                return try await set.failure(target) { event in
                    switch event {
                    case .waiting(let what) where what.contains("connects to us"):
                        if !whileSending { running.withLock { $0?.cancel() } }
                    case .progress(let progress) where progress.phase == "restoring":
                        if whileSending { running.withLock { $0?.cancel() } }
                    default: break
                    }
                }
            }
            running.withLock { $0 = restore }
            let error = try #require(try await restore.value)
            #expect(error.category == .cancelled)
            try await Self.expectFree(redis)
            let now = try await redis.digest
            if whileSending {
                #expect([digest, set.digest].contains(now))
                #expect(error.message.contains("redis_before_"))
                #expect(set.kept.count == 1)
            } else {
                #expect(now == digest)
                #expect(set.kept == [])
            }
        }
    }

    @Test("a server that cannot reach us, and one that comes from another address", arguments: [true, false])
    func neverConnects(isElsewhere: Bool) async throws {
        try await Self.with { set, redis, digest in
            var options = RedisRestoreTarget.Options()
            options.arrivalTimeout = .seconds(2)
            if isElsewhere { options.peerAddress = "192.0.2.1" } else { options.announcedAddress = "127.0.0.2" }
            let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder, options: options)
            let error = try #require(try await set.failure(target))
            #expect(error.category == .store)
            #expect(error.message.contains("did not connect to us"))
            #expect(error.message.contains("turned away: 127.0.0.1") == isElsewhere)
            #expect(error.message.hasSuffix("The server has what it had before"))
            try await Self.expectFree(redis)
            #expect(try await redis.digest == digest)
            #expect(set.kept == [])
        }
    }

    @Test(
        "writers who could go on after the copy, while it was noted what is replaced, are noticed: nothing is replaced")
    func lapsedPause() async throws {
        try await Self.with { set, redis, digest in
            try await redis.run("ACL", "SETUSER", "restorer", "on", "nopass", "+@all")
            var configuration = redis.configuration
            configuration.user = "restorer"
            let note = KeptDump.before(set.part.set, in: set.folder).record
            let end = ["-s", redis.server.socket, "ACL", "SETUSER", "restorer", "-client|pause"]
            let error = try await set.failure(
                RedisRestoreTarget(configuration, keepFolder: set.folder),
                beforeSwap: {
                    // An earlier note is read when writers are held and all is copied: until somebody writes it, that waits.
                    let isMade = unsafe mkfifo(note, 0o600) == 0
                    try #require(isMade)
                    Thread.detachNewThread {
                        let reader = FileHandle(forWritingAtPath: note)
                        let process = Process()
                        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                        process.arguments = ["redis-cli"] + end
                        process.standardOutput = FileHandle.nullDevice
                        try? process.run()
                        process.waitUntilExit()
                        try? reader?.close()
                    }
                })
            #expect(error?.category == .refused)
            #expect(error?.message.contains("writers could not be held") == true)
            try await Self.expectFree(redis)
            #expect(try await redis.digest == digest)
            #expect(try FileManager.default.contentsOfDirectory(atPath: set.folder) == [])
        }
    }

    @Test("a file that was damaged since it was verified")
    func damaged() async throws {
        try await Self.with { set, redis, digest in
            let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
            let error = try await set.failure(
                target,
                beforeSwap: {
                    let file = try #require(FileHandle(forUpdatingAtPath: set.dump))
                    try file.seek(toOffset: 5000)
                    let byte = try #require(try file.read(upToCount: 1)?.first)
                    try file.seek(toOffset: 5000)
                    try file.write(contentsOf: Data([byte ^ 4]))
                    try file.close()
                })
            #expect(error?.category == .damaged)
            #expect(error?.message.contains("has changed since it was verified") == true)
            try await Self.expectFree(redis)
            #expect(try await redis.digest == digest)
        }
    }

    @Test("a file that was damaged before is not sent at all")
    func damagedBefore() async throws {
        try await Self.with { set, redis, digest in
            let file = try #require(FileHandle(forUpdatingAtPath: set.dump))
            try file.seek(toOffset: 5000)
            try file.write(contentsOf: Data([0, 0, 0, 0]))
            try file.close()
            let error = try await set.failure(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
            #expect(error?.category == .damaged)
            #expect(error?.message.hasPrefix("nothing was changed") == true)
            #expect(try await redis.digest == digest)
            #expect(set.kept == [])
        }
    }

    @Test("all connections of ours are killed while the server follows us: it is restored all the same")
    func killedConnections() async throws {
        try await Self.with { set, redis, _ in
            let killer = Killer(redis.configuration)
            try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: set.folder)) { event in
                switch event {
                case .waiting(let what) where what.contains("connects to us"): killer.strike()
                case .progress(let progress) where progress.phase == "restoring": killer.strike()
                default: break
                }
            }
            #expect(try await killer.end() > 0)
            // The test's own was killed as well.
            let connection = try await RedisConnection.open(redis.configuration)
            let again = TestRedis(server: redis.server, connection: connection)
            try await Self.expectFree(again)
            #expect(try await again.digest == set.digest)
            await connection.close()
        }
    }

    /// Ends the connections of all clients, as often as it is told to.
    private final class Killer: Sendable {
        private let configuration: RedisConfiguration
        private let strikes = Mutex<[Task<Int64, any Error>]>([])

        init(_ configuration: RedisConfiguration) { self.configuration = configuration }

        func strike() {
            let task = Task<Int64, any Error>.detached { [configuration] in
                let reply = try await RedisConnection.asking(
                    configuration, ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
                guard case .integer(let killed) = reply else { return 0 }
                return killed
            }
            strikes.withLock { $0.append(task) }
        }

        /// How many were ended.
        func end() async throws -> Int64 {
            var killed: Int64 = 0
            for task in strikes.withLock(\.self) { killed += try await task.value }
            return killed
        }
    }

    @Test("connections that end between preparation and swap, as with the server's timeout, make no difference")
    func killedBefore() async throws {
        try await Self.with { set, redis, _ in
            try await set.restore(
                RedisRestoreTarget(redis.configuration, keepFolder: set.folder),
                beforeSwap: {
                    // The test's own as well.
                    _ = try await RedisConnection.asking(
                        redis.configuration, ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
                })
            let connection = try await RedisConnection.open(redis.configuration)
            let again = TestRedis(server: redis.server, connection: connection)
            try await Self.expectFree(again)
            #expect(try await again.digest == set.digest)
            await connection.close()
        }
    }

    @Test("a server that cannot write its append-only file: the error says so, and nobody waits without end")
    func notOnDisk() async throws {
        try await Self.with { set, _, _ in
            try await TestRedis.with {
                $0.settings["appendonly"] = "yes"
                // So that the server itself writes nothing large.
                $0.settings["repl-diskless-load"] = "swapdb"
            } _: { redis in
                // What writes more than this gets a signal: the process that writes the file anew.
                let limit = ProcessCommand(
                    program: "/usr/bin/prlimit", arguments: ["--pid", "\(try redis.process)", "--fsize=4096"])
                let end = try await TestLauncher().run(limit, output: nil, message: { _ in })
                try #require(end.isSuccess)
                let error = try #require(
                    try await set.failure(RedisRestoreTarget(redis.configuration, keepFolder: set.folder)))
                #expect(error.category == .volatile)
                #expect(error.message.contains("not on its disk") && error.message.contains("BGREWRITEAOF"))
                #expect(error.message.contains("restore --undo"))
                #expect(try await redis.role == "master")
                #expect(try await redis.digest == set.digest)
                #expect(set.kept == ["redis_before_\(set.part.set).rdb"])
            }
        }
    }

    @Test("a server that is killed meanwhile: the error says what is left to do")
    func killedServer() async throws {
        try await Self.with { set, redis, _ in
            let process = try redis.process
            let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
            let error = try await set.failure(target) { event in
                if case .waiting(let what) = event, what.contains("connects to us") {
                    kill(process, SIGKILL)
                }
            }
            let message = try #require(error).message
            #expect(message.contains("could not be told to follow nobody"))
            #expect(message.contains("redis-cli -s \(redis.server.socket) REPLICAOF NO ONE"))
            #expect(message.contains("redis_before_"))
            #expect(set.kept.count == 1)
        }
    }

    @Test("a server with fewer databases would end: it is refused")
    func fewerDatabases() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.settings["databases"] = "15"
            } _: { redis in
                let error = try await set.failure(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
                #expect(error?.category == .refused)
                #expect(error?.message.contains("set databases to 16 or more") == true)
            }
        }
    }

    @Test(
        "a server that takes writes as a replica is refused: before anything, or when it follows us",
        arguments: [true, false])
    func writableReplica(maySeeSettings: Bool) async throws {
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.settings["replica-read-only"] = "no"
            } _: { redis in
                try await redis.run("SET", "old", "1")
                let digest = try await redis.digest
                var configuration = redis.configuration
                configuration.user = "restorer"
                try await redis.run("ACL", "SETUSER", "restorer", "on", "nopass", "+@all")
                if !maySeeSettings { try await redis.run("ACL", "SETUSER", "restorer", "-config") }
                let target = RedisRestoreTarget(configuration, keepFolder: set.folder)
                let error =
                    if maySeeSettings {
                        await #expect(throws: RedisBackupError.self) {
                            _ = try await target.openSession(set.part, options: RestoreOptions())
                        }
                    } else {
                        try await set.failure(target)
                    }
                #expect(error?.category == .refused)
                #expect(error?.message.contains("replica-read-only") == true)
                try await Self.expectFree(redis)
                #expect(try await redis.digest == digest)
            }
        }
    }

    @Test("a replica is refused, and a node of a cluster", arguments: ["replicaof", "cluster-enabled"])
    func wrongRole(setting: String) async throws {
        let port = try #require(FreePort.find())
        // By default the port and 10,000, which need not be a port at all.
        let bus = try #require(FreePort.find())
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.port = port
                if setting == "cluster-enabled" { $0.settings["cluster-port"] = "\(bus)" }
                $0.settings[setting] = setting == "replicaof" ? "127.0.0.1 1" : "yes"
            } _: { redis in
                let error = try await set.failure(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
                #expect(error?.category == .refused)
                #expect(error?.message.contains(setting == "replicaof" ? "127.0.0.1:1" : "cluster") == true)
            }
        }
    }

    @Test(
        "an older server is refused, with both versions",
        arguments: [
            ("6.2.14", 10, true), ("7.0.15", 10, false), ("7.0.15", 11, true), ("7.4.1", 12, false),
            ("8.0.0", 12, false),
        ])
    func olderServer(version: String, format: Int, isRefused: Bool) throws {
        let check = LiveCheck(address: "there", info: ServerInfo("redis_version:\(version)\r\n"))
        do {
            try check.checkVersion(format, savedBy: "7.9.9")
            #expect(!isRefused)
        } catch {
            #expect(isRefused)
            #expect(error.category == .refused)
            #expect(error.message.contains("Redis 7.9.9") && error.message.contains(version))
        }
    }

    @Test("nobody there is an error that says so")
    func nobody() async throws {
        try await SavedSet.with { set in
            let configuration = RedisConfiguration(.socket("\(set.folder)/no.sock"), password: "swordfish")
            let error = try await set.failure(RedisRestoreTarget(configuration, keepFolder: set.folder))
            #expect(error?.category == .unavailable)
            #expect(error.map { "\($0)".contains("swordfish") } == false)
        }
    }
}
