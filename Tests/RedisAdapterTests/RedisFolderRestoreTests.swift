// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisFolderRestoreTests {
    @Test(
        "a server that starts in the folder has what was saved; undo brings back what was there",
        arguments: ServerFolder.Form.allCases)
    func roundTrip(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(form) { folder, old in
                let done = try await set.restore(folder.target)
                #expect(done.count == 3)
                #expect(FileManager.default.fileExists(atPath: "\(folder.path)/dump.rdb_before_\(set.part.set)"))
                let restored = try await folder.run { redis in
                    let digest = try await redis.digest
                    // What is written from now on stays too.
                    try await redis.run("SET", "new", "1")
                    return digest
                }
                #expect(restored == set.digest)
                let again = try await folder.run { redis in try await redis.run("GET", "new").string }
                #expect(again == "1")
                let undone = try await folder.target.undo(set: set.part.set) { _ in }
                #expect(undone.count == 2)
                #expect(try await folder.digest() == old)
                await #expect(throws: RedisBackupError.self) {
                    try await folder.target.undo(set: set.part.set) { _ in }
                }
            }
        }
    }

    @Test(
        "into a new folder, from either target, for a server with an append-only file and for one without",
        arguments: [true, false], ["no", "yes"])
    func newFolder(isLive: Bool, appendOnly: String) async throws {
        try await SavedSet.with { set in
            let folder = ServerFolder(path: "\(set.folder)/new", form: .snapshot)
            let options = RestoreOptions(into: folder.path)
            let done =
                if isLive {
                    try await set.restore(
                        RedisRestoreTarget(RedisConfiguration(.socket("/nowhere")), keepFolder: set.folder),
                        options: options)
                } else {
                    try await set.restore(
                        RedisFolderRestoreTarget(folder: "/nowhere", server: nil), options: options)
                }
            #expect(done.count == 1)
            #expect(try await folder.digest(["appendonly": appendOnly]) == set.digest)
            let again = try await set.failure(folder.target, options: options)
            #expect(again?.category == .refused)
            #expect(again?.message.contains("has data of a Redis server already") == true)
        }
    }

    @Test("a restore into a folder without data is taken back whole; where something was kept, undo does it")
    func revert() async throws {
        try await SavedSet.with { set in
            let path = "\(set.folder)/empty"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            func reverted(_ target: RedisFolderRestoreTarget, into: String? = nil) async throws -> Bool {
                let session = try await target.openSession(set.part, options: RestoreOptions(into: into))
                try await session.prepare { _ in }
                _ = try await session.swap { _ in }
                let isDone = try await session.revert()
                await session.discard()
                return isDone
            }
            let target = RedisFolderRestoreTarget(folder: path, server: nil)
            #expect(try await reverted(target))
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
            let new = "\(set.folder)/new"
            #expect(try await reverted(target, into: new))
            #expect(!FileManager.default.fileExists(atPath: new))
            try await ServerFolder.with(.snapshot) { folder, old in
                #expect(try await !reverted(folder.target))
                _ = try await folder.target.undo(set: set.part.set) { _ in }
                #expect(try await folder.digest() == old)
            }
        }
    }

    @Test("while a server works in the folder nothing is done, whoever names it", arguments: [true, false])
    func running(isNamed: Bool) async throws {
        let port = try #require(FreePort.find())
        try await SavedSet.with { set in
            try await ServerFolder.with(.snapshot) { folder, _ in
                // Named: a server of another folder answers where the folder's server does.
                let path = isNamed ? "\(set.folder)" : folder.path
                try await TestRedis.with {
                    $0.dataFolder = path
                    $0.port = port
                    $0.settings["requirepass"] = "swordfish"
                } _: { redis in
                    let before = folder.contents
                    let server = isNamed ? RedisConfiguration.patient(.tcp(host: "127.0.0.1", port: port)) : nil
                    let target = RedisFolderRestoreTarget(folder: folder.path, server: server)
                    let error = try await set.failure(target)
                    #expect(error?.category == .refused)
                    let sign = try isNamed ? "127.0.0.1:\(port) runs" : "process \(redis.process), uses \(folder.path)"
                    #expect(error?.message.contains(sign) == true)
                    #expect(folder.contents == before)
                    await #expect(throws: RedisBackupError.self) { try await target.undo(set: set.part.set) { _ in } }
                }
            }
        }
    }

    @Test("a server that starts between preparation and swap is seen")
    func started() async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(.appendOnlyFolder) { folder, old in
                let session = try await folder.target.openSession(set.part, options: RestoreOptions())
                try await session.prepare { _ in }
                _ = try await folder.run { _ in
                    await #expect(throws: RedisBackupError.self) { try await session.swap { _ in } }
                }
                await session.discard()
                #expect(try await folder.digest() == old)
            }
        }
    }

    @Test(
        "what is not swapped leaves nothing, and a damaged set changes nothing", arguments: ServerFolder.Form.allCases)
    func untouched(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(form) { folder, _ in
                let before = folder.contents
                let session = try await folder.target.openSession(set.part, options: RestoreOptions())
                #expect(session.steps.count == (form == .snapshot ? 4 : 5))
                try await session.prepare { _ in }
                await session.discard()
                #expect(folder.contents == before)
                let file = try #require(FileHandle(forUpdatingAtPath: set.dump))
                try file.seek(toOffset: 5000)
                try file.write(contentsOf: Data([0, 0, 0, 0]))
                try file.close()
                let error = try await set.failure(folder.target)
                #expect(error?.category == .damaged)
                #expect(folder.contents == before)
                let new = "\(set.folder)/new"
                let other = try await set.failure(folder.target, options: RestoreOptions(into: new))
                #expect(other?.category == .damaged)
                #expect(!FileManager.default.fileExists(atPath: new))
            }
        }
    }

    @Test("a second restore of the same set keeps what the first one kept, under a number")
    func twice() async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(.appendOnlyFolder) { folder, old in
                try await set.restore(folder.target)
                try await folder.run { _ = try await $0.run("SET", "newer", "1") }
                let newer = try await folder.digest()
                try await set.restore(folder.target)
                #expect(try await folder.digest() == set.digest)
                _ = try await folder.target.undo(set: set.part.set) { _ in }
                #expect(try await folder.digest() == newer)
                let first = "_before_\(set.part.set).1"
                #expect(folder.contents["dump.rdb\(first)"] != nil)
                #expect(folder.contents["appendonlydir\(first)"] != nil)
                #expect(old != newer)
            }
        }
    }

    @Test("a folder whose files have other names is refused, and so is an older server")
    func refused() async throws {
        try await SavedSet.with { set in
            func message(
                _ target: RedisFolderRestoreTarget, _ options: RestoreOptions = RestoreOptions()
            ) async throws -> String {
                let error = try await set.failure(target, options: options)
                #expect(error?.category == .refused || error?.category == .configuration)
                return error?.message ?? ""
            }
            let folder = "\(set.folder)/dir"
            let manager = FileManager.default
            try manager.createDirectory(atPath: "\(folder)/aof", withIntermediateDirectories: true)
            let target = RedisFolderRestoreTarget(folder: folder, server: nil)
            _ = manager.createFile(atPath: "\(folder)/app.rdb", contents: Data())
            #expect(try await message(target).contains("dbfilename"))
            try manager.removeItem(atPath: "\(folder)/app.rdb")
            _ = manager.createFile(atPath: "\(folder)/aof/app.aof.manifest", contents: Data())
            #expect(try await message(target).contains("appenddirname"))
            var options = RedisFolderRestoreTarget.Options()
            options.appendOnlyFolder = "aof"
            #expect(
                try await message(RedisFolderRestoreTarget(folder: folder, server: nil, options: options))
                    .contains("appendfilename"))
            options.serverVersion = "6.2.14"
            let older = try await message(RedisFolderRestoreTarget(folder: folder, server: nil, options: options))
            #expect(older.contains("6.2.14") && older.contains("Redis 7.0"))
            #expect(try await message(target, RestoreOptions(into: "relative")).contains("absolute"))
            #expect(try await message(RedisFolderRestoreTarget(folder: "\(folder)/no", server: nil)).contains("dir"))
        }
    }

    @Test(
        "cut off after any step, a server finds all of one state, and the next run or undo succeeds",
        arguments: [ServerFolder.Form.snapshot, .appendOnlyFolder, .appendOnlyFile])
    func cutOff(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            var states: [String] = []
            var length = 1
            var count = 0
            while count <= length {
                try await ServerFolder.with(form) { folder, old in
                    let session = try await folder.target.open(set.part, isNewPlace: false)
                    try await session.prepare { _ in }
                    let plan = try await session.plan()
                    length = plan.count
                    for step in plan.prefix(count) { try step.perform() }
                    // Nobody discards anything: the process is gone.
                    let digest = try await folder.digestOfCopy()
                    states.append(digest == old ? "old" : digest == set.digest ? "new" : "broken")
                    if FileManager.default.fileExists(atPath: "\(folder.path)/.redis_before_\(set.part.set)") {
                        _ = try await folder.target.undo(set: set.part.set) { _ in }
                        #expect(try await folder.digest() == old, "\(count)")
                    }
                    try await set.restore(folder.target)
                    #expect(try await folder.digest() == set.digest, "\(count)")
                }
                count += 1
            }
            let switched = states.firstIndex(of: "new") ?? 0
            #expect(switched > 0)
            #expect(states[..<switched].allSatisfy { $0 == "old" } && states[switched...].allSatisfy { $0 == "new" })
            print("folder restore, \(form): cut off at \(states.count) points")
        }
    }

    @Test(
        "an undo that is cut off after any step can be repeated",
        arguments: [ServerFolder.Form.snapshot, .appendOnlyFolder])
    func cutOffUndo(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            var length = 1
            var count = 0
            while count <= length {
                try await ServerFolder.with(form) { folder, old in
                    try await set.restore(folder.target)
                    try await folder.run { _ = try await $0.run("SET", "newer", "1") }
                    let newer = try await folder.digest()
                    let plan = try FolderUndo(target: folder.target, set: set.part.set).steps()
                    length = plan.count
                    for step in plan.prefix(count) { try step.perform() }
                    let digest = try await folder.digestOfCopy()
                    #expect([old, newer].contains(digest), "\(count)")
                    if FileManager.default.fileExists(atPath: "\(folder.path)/.redis_before_\(set.part.set)") {
                        _ = try await folder.target.undo(set: set.part.set) { _ in }
                    }
                    #expect(try await folder.digest() == old, "\(count)")
                }
                count += 1
            }
        }
    }
}
