// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisFolderCutOffTests {
    @Test(
        "cut off after any step and run again, undo brings back the original and not what the first run had left",
        arguments: [ServerFolder.Form.snapshot, .appendOnlyFolder, .appendOnlyFile])
    func runAgain(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            var length = 1
            var count = 0
            while count < length {
                try await ServerFolder.with(form) { folder, old in
                    let session = try await folder.target.open(set.part, isNewPlace: false)
                    try await session.prepare { _ in }
                    let plan = try await session.plan()
                    length = plan.count
                    for step in plan.prefix(count) { try step.perform() }
                    // Nobody discards anything: the process is gone.
                    try await set.restore(folder.target)
                    #expect(try await folder.digestOfCopy() == set.digest, "\(count)")
                    _ = try await folder.target.undo(set: set.part.set) { _ in }
                    #expect(try await folder.digestOfCopy() == old, "\(count)")
                }
                count += 1
            }
        }
    }

    @Test(
        "an undo that was cut off is ended before the set is restored once more",
        arguments: [ServerFolder.Form.snapshot, .appendOnlyFolder])
    func restoreAfterUndo(form: ServerFolder.Form) async throws {
        try await SavedSet.with { set in
            var length = 1
            var count = 1
            while count < length || length == 1 {
                try await ServerFolder.with(form) { folder, old in
                    try await set.restore(folder.target)
                    let plan = try FolderUndo(target: folder.target, set: set.part.set).steps()
                    length = plan.count
                    for step in plan.prefix(count) { try step.perform() }
                    try await set.restore(folder.target)
                    #expect(try await folder.digestOfCopy() == set.digest, "\(count)")
                    _ = try await folder.target.undo(set: set.part.set) { _ in }
                    #expect(try await folder.digestOfCopy() == old, "\(count)")
                }
                count += 1
            }
        }
    }

    @Test(
        "a folder with an RDB file alone is right for a server with an append-only file as well",
        arguments: ["no", "yes"])
    func snapshotAlone(appendOnly: String) async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(.snapshot) { folder, old in
                try await set.restore(folder.target)
                #expect(try await folder.digest(["appendonly": appendOnly]) == set.digest)
                _ = try await folder.target.undo(set: set.part.set) { _ in }
                #expect(try await folder.digest() == old)
                // Told that there is none, none is made.
                var options = RedisFolderRestoreTarget.Options()
                options.appendOnly = false
                try await set.restore(RedisFolderRestoreTarget(folder: folder.path, server: nil, options: options))
                #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/appendonlydir"))
                #expect(try await folder.digest() == set.digest)
            }
        }
    }

    @Test("a folder of an older server is refused, with both versions, unless a newer one is named")
    func olderWriter() async throws {
        try await SavedSet.with { set in
            let folder = "\(set.folder)/dir"
            try FolderFiles.make(folder)
            let head = Array("REDIS0009".utf8) + [0xFA, 9] + Array("redis-ver".utf8) + [6] + Array("6.2.14".utf8)
            try Data(head).write(to: URL(fileURLWithPath: "\(folder)/dump.rdb"))
            let error = try await set.failure(RedisFolderRestoreTarget(folder: folder, server: nil))
            #expect(error?.category == .refused)
            #expect(error?.message.contains("6.2.14") == true)
            #expect(error?.message.contains(set.part.snapshot.serverVersion ?? "?") == true)
            var options = RedisFolderRestoreTarget.Options()
            options.serverVersion = "7.0.15"
            try await set.restore(RedisFolderRestoreTarget(folder: folder, server: nil, options: options))
        }
    }

    @Test("redis.conf says what a server's files are called")
    func serverFile() async throws {
        try await SavedSet.with { set in
            let path = "\(set.folder)/redis.conf"
            let more = "\(set.folder)/more.conf"
            try "appendonly YES\nsave 3600 1\n".write(toFile: more, atomically: true, encoding: .utf8)
            try """
            # dir /commented
            DIR "/var/lib/my \\"redis\\""
            port 0
            dbfilename 'app.rdb'
            appendfilename "app.aof"
            appenddirname aof
            include \(more)
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let file = try RedisServerFile(path)
            #expect(file.folder == "/var/lib/my \"redis\"")
            #expect(file.port == nil)
            #expect(file.options.databaseFile == "app.rdb")
            #expect(file.options.appendOnlyFile == "app.aof")
            #expect(file.options.appendOnlyFolder == "aof")
            #expect(file.options.appendOnly == true)
            #expect(throws: RedisBackupError.self) { try RedisServerFile("\(set.folder)/no.conf") }
        }
    }
}
