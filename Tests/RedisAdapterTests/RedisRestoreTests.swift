// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisRestoreTests {
    @Test(
        "what is restored has the digest of what was saved, and undo brings back what was there",
        arguments: ["no", "yes"], [true, false])
    func roundTrip(appendOnly: String, overTCP: Bool) async throws {
        let port = try #require(FreePort.find())
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.port = port
                $0.settings["appendonly"] = appendOnly
            } _: { redis in
                try await redis.run("SET", "old", "1")
                try await redis.run("SELECT", "7")
                try await redis.run("SET", "old of 7", "1", "EX", "1000000")
                let before = try await redis.digest
                let summary = try await redis.summary()
                let configuration =
                    overTCP ? .patient(.tcp(host: "127.0.0.1", port: port)) : redis.configuration
                let target = RedisRestoreTarget(configuration, keepFolder: set.folder)
                let done = try await set.restore(target)
                #expect(try await redis.digest == set.digest)
                #expect(done.first == "Redis at \(target.address) has 41 keys")
                let restored = try await redis.summary()
                #expect(
                    set.part.snapshot.details["content_digest"]?.stringValue
                        == RedisDetails.hexadecimal(restored.contentDigest))
                #expect(restored.databases == SampleData.databases)
                #expect(restored.functions == 1)
                #expect(try await redis.role == "master")
                #expect(set.kept == ["redis_before_\(set.part.set).rdb"])
                // It takes writes again.
                try await redis.run("SET", "new", "1")
                let undone = try await target.undo(set: set.part.set) { _ in }
                #expect(undone.count == 2)
                #expect(try await redis.digest == before)
                #expect(try await redis.summary().contentDigest == summary.contentDigest)
                #expect(try await redis.role == "master")
                #expect(
                    set.kept == [
                        "redis_before_\(set.part.set).brought_back.rdb", "redis_undone_\(set.part.set).rdb",
                    ])
                let kept = try RDBReader.read(
                    Array(Data(contentsOf: URL(fileURLWithPath: "\(set.folder)/\(set.kept[1])"))))
                #expect(kept.keys == 42)
            }
        }
    }

    @Test(
        "what was restored is there after the server has started again, however it loads and keeps its data",
        arguments: ["no", "yes"], ["disabled", "swapdb"])
    func restart(appendOnly: String, load: String) async throws {
        try await SavedSet.with { set in
            let settings = ["appendonly": appendOnly, "save": "3600 1", "repl-diskless-load": load]
            try await TestRedis.with {
                $0.dataFolder = set.folder
                $0.settings.merge(settings) { $1 }
                // Two seconds for the append-only file: it is not written yet when the data are loaded.
                $0.settings["rdb-key-save-delay"] = "50000"
            } _: { redis in
                try await redis.run("SET", "old", "1")
                try await redis.run("SAVE")
                try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: set.part.folder))
                // As if the machine had stopped: what is not on disk by now never is.
                kill(try redis.process, SIGKILL)
            }
            try await TestRedis.with {
                $0.dataFolder = set.folder
                $0.settings.merge(settings) { $1 }
            } _: { redis in
                let digest = try await redis.digest
                #expect(digest == set.digest)
            }
        }
    }

    @Test("keys whose time is over come back and go away, as on the server that was saved")
    func expired() async throws {
        try await SavedSet.with {
            // Before the key is there: a server that is slow must not throw it away.
            _ = try await $0.ask(["DEBUG", "SET-ACTIVE-EXPIRE", "0"])
            _ = try await $0.ask(["SET", "gone soon", "1", "PX", "1"])
            _ = try await $0.ask(["SET", "stays", "1"])
        } _: { set in
            // It is in the set, and its time has been over since long before the restore.
            #expect(set.part.snapshot.details["keys"] == 2)
            try await TestRedis.with { redis in
                try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
                #expect(try await redis.run("GET", "gone soon") == .null)
                #expect(try await redis.run("GET", "stays").string == "1")
            }
        }
    }

    @Test("an ACL user with the rights that are named is enough, over TCP, with a password that is in no message")
    func aclUser() async throws {
        let port = try #require(FreePort.find())
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.port = port
                $0.settings["requirepass"] = "swordfish"
                $0.settings["masterauth"] = "swordfish"
            } _: { redis in
                try await redis.run("SET", "old", "1")
                try await redis.run(
                    "ACL", "SETUSER", "restorer", "on", ">swordfish", "-@all", "+replicaof", "+info", "+select",
                    "+sync",
                    "+replconf", "+client|pause", "+client|unpause")
                var configuration = RedisConfiguration.patient(
                    .tcp(host: "127.0.0.1", port: port), user: "restorer", password: "swordfish")
                let events = EventList()
                try await set.restore(RedisRestoreTarget(configuration, keepFolder: set.folder)) { events.add($0) }
                #expect(try await redis.digest == set.digest)
                #expect(!events.all.contains { "\($0)".contains("swordfish") })
                #expect(!events.all.contains { if case .notice = $0 { true } else { false } })

                configuration.password = "swordfish2"
                let wrong = try await set.failure(RedisRestoreTarget(configuration, keepFolder: set.folder))
                #expect(wrong?.category == .unavailable)
                #expect(wrong.map { "\($0)".contains("swordfish") } == false)
                configuration.password = nil
                let none = try await set.failure(RedisRestoreTarget(configuration, keepFolder: set.folder))
                #expect(none?.category == .unavailable)
            }
        }
    }

    @Test("without the right to REPLICAOF nothing is begun; without that to CLIENT PAUSE it is told")
    func fewerRights() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                let before = try await redis.digest
                try await redis.run(
                    "ACL", "SETUSER", "other", "on", ">swordfish", "-@all", "+info", "+select", "+sync", "+replconf")
                var configuration = redis.configuration
                configuration.user = "other"
                configuration.password = "swordfish"
                let target = RedisRestoreTarget(configuration, keepFolder: set.folder)
                // Found out before any store of the set is touched.
                let error = await #expect(throws: RedisBackupError.self) {
                    _ = try await target.openSession(set.part, options: RestoreOptions())
                }
                #expect(error?.category == .refused)
                #expect(error?.message.contains("+replicaof") == true)
                #expect(error.map { "\($0)".contains("swordfish") } == false)
                #expect(try await redis.digest == before)
                #expect(set.kept == [])
                try await redis.run("ACL", "SETUSER", "other", "+replicaof")
                let events = EventList()
                try await set.restore(target) { events.add($0) }
                #expect(events.all.contains { "\($0)".contains("CLIENT PAUSE") })
                #expect(try await redis.digest == set.digest)
            }
        }
    }

    @Test("writers during the swap: every write that was confirmed is in the kept copy or in the server")
    func writers() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                let counts = Mutex<[Int64]>([])
                let writer = Task {
                    let connection = try await RedisConnection.open(redis.configuration)
                    while !Task.isCancelled {
                        let reply = try await connection.ask(["INCR", "confirmed"])
                        if case .integer(let value) = reply { counts.withLock { $0.append(value) } }
                    }
                }
                defer { writer.cancel() }
                #expect(try await eventually { !counts.withLock(\.isEmpty) })
                try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
                // Some more after the restore.
                let isRestarted = try await eventually {
                    counts.withLock { counts in
                        counts.lastIndex(of: 1).map { $0 > 0 && counts.count > $0 + 5 } ?? false
                    }
                }
                #expect(isRestarted)
                writer.cancel()
                _ = try? await writer.value
                let all = counts.withLock(\.self)
                let second = try #require(all.lastIndex(of: 1))
                let before = all[..<second].last
                let last = try await redis.run("GET", "confirmed").string.flatMap { Int64($0) } ?? 0
                // The last one may have been done and not confirmed.
                #expect(last - Int64(all.count - second) <= 1)
                let file = "\(set.folder)/redis_before_\(set.part.set).rdb"
                try await Loaded.with(Array(Data(contentsOf: URL(fileURLWithPath: file)))) { loaded in
                    let kept = try await loaded.run("GET", "confirmed").string.flatMap { Int64($0) }
                    #expect(kept == before)
                }
            }
        }
    }

    @Test(
        "the steps say what is waited for at the end, whichever way the server keeps its data",
        arguments: ["no", "yes"])
    func steps(appendOnly: String) async throws {
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.settings["appendonly"] = appendOnly
            } _: { redis in
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                let session = try await target.openSession(set.part, options: RestoreOptions())
                #expect(session.steps.last?.contains(appendOnly == "yes" ? "append-only file" : "BGSAVE") == true)
                await session.discard()
            }
        }
    }

    @Test("a restore that was prepared and not swapped changes nothing and leaves nothing")
    func discarded() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                let before = try await redis.digest
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                let session = try await target.openSession(set.part, options: RestoreOptions())
                #expect(session.steps.count == 7)
                #expect(session.notices.first == "Redis at \(target.address) has 1 key, which is replaced")
                try await session.prepare { _ in }
                await session.discard()
                #expect(try await redis.digest == before)
                #expect(set.kept == [])
                await #expect(throws: RedisBackupError.self) { try await target.undo(set: set.part.set) { _ in } }
            }
        }
    }

    @Test("a second restore of the same set keeps the first copy under a number")
    func twice() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                try await set.restore(target)
                try await redis.run("SET", "newer", "1")
                let before = try await redis.digest
                try await set.restore(target)
                let name = "redis_before_\(set.part.set)"
                #expect(set.kept == ["\(name).1.rdb", "\(name).rdb"])
                _ = try await target.undo(set: set.part.set) { _ in }
                #expect(try await redis.digest == before)
            }
        }
    }
}
