// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

/// Restores into a running server that were cut off, and what is brought back into which server.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisRestoreCutOffTests {
    private static let nobody = "127.0.0.1 1"

    /// Leaves all as a process that was killed does: the server follows nobody who is there, and the note says that it is being replaced.
    private static func cutOff(_ redis: TestRedis, _ kept: KeptDump) async throws {
        var record = try #require(KeptRecord.read(kept.record))
        record.state = .replacing
        record.master = nobody
        // Of a process that is gone.
        record.process = .of(Int32.max)
        try record.write(kept.record)
        try await redis.run("REPLICAOF", "127.0.0.1", "1")
        #expect(try await redis.role == "slave")
    }

    @Test(
        "after a restore that was cut off, undo brings back the original: at once, and after the restore was run again",
        arguments: [false, true])
    func undo(isRunAgain: Bool) async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                let original = try await redis.digest
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                let kept = KeptDump.before(set.part.set, in: set.folder)
                try await set.restore(target)
                try await redis.run("SET", "since", "1")
                try await Self.cutOff(redis, kept)
                if isRunAgain {
                    let session = try await target.openSession(set.part, options: RestoreOptions())
                    #expect(session.notices.first?.contains("was cut off") == true)
                    await session.discard()
                    let done = try await set.restore(target)
                    #expect(done[1].contains("since the restore that was cut off"))
                    #expect(try await redis.digest == set.digest)
                    #expect(try await redis.role == "master")
                    // What was there until then is not thrown away.
                    #expect(set.kept == ["\(kept.name).1.rdb", "\(kept.name).rdb"])
                }
                _ = try await target.undo(set: set.part.set) { _ in }
                #expect(try await redis.digest == original)
                #expect(try await redis.role == "master")
                try await redis.run("SET", "free", "1")
            }
        }
    }

    @Test("a replica of somebody else, and a server on which another process works, are left alone")
    func notOurs() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                let kept = KeptDump.before(set.part.set, in: set.folder)
                try await set.restore(target)
                try await Self.cutOff(redis, kept)
                var record = try #require(KeptRecord.read(kept.record))
                // The parent of this process is there for as long as this one.
                record.process = .of(getppid())
                try record.write(kept.record)
                let busy = try await set.failure(target)
                #expect(busy?.category == .refused)
                #expect(busy?.message.contains("process \(getppid())") == true)
                record.process = .of(Int32.max)
                record.master = "127.0.0.1 2"
                try record.write(kept.record)
                let other = try await set.failure(target)
                #expect(other?.category == .refused)
                #expect(other?.message.contains("replica of 127.0.0.1:1") == true)
                #expect(try await redis.role == "slave")
            }
        }
    }

    @Test("an undo is done once: what was written since is not replaced by what is old")
    func once() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                try await redis.run("SET", "old", "1")
                let target = RedisRestoreTarget(redis.configuration, keepFolder: set.folder)
                try await set.restore(target)
                _ = try await target.undo(set: set.part.set) { _ in }
                try await redis.run("SET", "since", "1")
                let error = await #expect(throws: RedisBackupError.self) {
                    _ = try await target.undo(set: set.part.set) { _ in }
                }
                #expect(error?.category == .refused)
                #expect(error?.message.contains("undone already") == true)
                #expect(try await redis.run("GET", "since").string == "1")
                // A restore after that can be undone again.
                try await set.restore(target)
                _ = try await target.undo(set: set.part.set) { _ in }
                #expect(try await redis.run("GET", "since").string == "1")
            }
        }
    }

    @Test("what one server had is not brought back into another one; the same one under another address is known")
    func otherServer() async throws {
        let port = try #require(FreePort.find())
        try await SavedSet.with { set in
            try await TestRedis.with {
                $0.port = port
            } _: { redis in
                try await redis.run("SET", "old", "1")
                let original = try await redis.digest
                try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: set.folder))
                try await TestRedis.with { production in
                    try await production.run("SET", "precious", "1")
                    let target = RedisRestoreTarget(production.configuration, keepFolder: set.folder)
                    let error = await #expect(throws: RedisBackupError.self) {
                        _ = try await target.undo(set: set.part.set) { _ in }
                    }
                    #expect(error?.category == .refused)
                    #expect(error?.message.contains(redis.server.socket) == true)
                    #expect(error?.message.contains(production.server.socket) == true)
                    #expect(try await production.run("GET", "precious").string == "1")
                }
                let other = RedisRestoreTarget(
                    .patient(.tcp(host: "127.0.0.1", port: port)), keepFolder: set.folder)
                _ = try await other.undo(set: set.part.set) { _ in }
                #expect(try await redis.digest == original)
            }
        }
    }

    @Test(
        "a guardian lets the server go when its owner ends without a word, with a password, and does nothing otherwise",
        arguments: [true, false])
    func guardian(overTCP: Bool) async throws {
        let port = try #require(FreePort.find())
        try await TestRedis.with {
            $0.port = port
            $0.settings["requirepass"] = "swordfish"
        } _: { redis in
            let endpoint: RedisConfiguration.Endpoint =
                overTCP ? .tcp(host: "127.0.0.1", port: port) : .socket(redis.server.socket)
            let configuration = RedisConfiguration.patient(endpoint, password: "swordfish")
            let address = SocketAddress(host: "127.0.0.1", port: port)
            try await redis.run("REPLICAOF", "127.0.0.1", "1")
            let quiet = try #require(Guardian(configuration, reachedAt: address))
            quiet.end()
            #expect(try await redis.role == "slave")
            try await redis.run("CLIENT", "PAUSE", "100000000", "WRITE")
            let guardian = try #require(Guardian(configuration, reachedAt: address))
            guardian.abandon()
            #expect(try await eventually { try await redis.role == "master" })
            // Writers go on as well.
            try await redis.run("SET", "free", "1")
            guardian.end()
        }
    }

    @Test("a guardian that was killed, or could not be started, does the one that has it no harm")
    func noGuardian() throws {
        let configuration = RedisConfiguration(.socket("/nowhere"))
        let killed = try #require(Guardian(configuration, reachedAt: nil))
        #expect(kill(killed.process, SIGKILL) == 0)
        // Gone, and not waited for yet.
        var status = unsafe siginfo_t()
        let isGone = unsafe waitid(P_PID, id_t(killed.process), &status, WEXITED | WNOWAIT) == 0
        #expect(isGone)
        killed.end()
        let noAddress = SocketAddress(host: "no address", port: 1)
        #expect(Guardian(RedisConfiguration(.tcp(host: "nobody", port: 1)), reachedAt: noAddress) == nil)
        #expect(Guardian(RedisConfiguration(.socket(String(repeating: "x", count: 200))), reachedAt: nil) == nil)
    }

    @Test("a folder for what is kept is made, with those that it is in; one that cannot be is known before")
    func keepFolder() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                let folder = "\(set.folder)/not/there"
                try await set.restore(RedisRestoreTarget(redis.configuration, keepFolder: folder))
                let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
                #expect(mode == 0o700)
                #expect(FileManager.default.fileExists(atPath: "\(folder)/redis_before_\(set.part.set).rdb"))
                let target = RedisRestoreTarget(redis.configuration, keepFolder: "\(set.dump)/no")
                let error = await #expect(throws: RedisBackupError.self) {
                    _ = try await target.openSession(set.part, options: RestoreOptions())
                }
                #expect(error?.category == .destination)
            }
        }
    }
}
