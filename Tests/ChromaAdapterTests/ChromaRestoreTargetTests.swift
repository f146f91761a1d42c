// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct ChromaRestoreTargetTests {
    private static let set = "backup_20250916_123000"

    /// Runs a body with a store and a set of it, with what ChromaDB returned then.
    private nonisolated(nonsending) func withSet(
        _ body: (TestChroma, StoredPart, [String]) async throws -> Void
    ) async throws {
        try await TestChroma.with { chroma in
            try await FolderDestination.with { destination in
                let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                let saved = try await chroma.run("dump", chroma.folder)
                try await body(chroma, destination.part(snapshot, store: .chroma), saved)
            }
        }
    }

    private nonisolated(nonsending) func refusal(_ body: () async throws -> Void) async throws -> ChromaBackupError {
        do { try await body() } catch let error as ChromaBackupError { return error }
        throw Failure("it was not refused")
    }

    @Test("a store is replaced by what was saved, the old one is kept, and can be brought back")
    func restoredAndUndone() async throws {
        try await withSet { chroma, part, saved in
            try await chroma.run("more", chroma.folder)
            let changed = try await chroma.run("dump", chroma.folder)
            #expect(changed != saved)
            try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: chroma.folder)
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions())
            #expect(session.steps.count == 3)
            try await session.prepare { _ in }
            #expect(try chroma.neighbours == ["store", "store_restoring_\(Self.set)"])
            #expect(try await chroma.run("dump", chroma.folder) == changed)
            let account = try await session.swap { _ in }
            #expect(account.contains("restore --undo \(Self.set) brings it back"))
            await session.discard()
            #expect(try chroma.neighbours == ["store", "store_before_\(Self.set)"])
            #expect(try await chroma.run("dump", chroma.folder) == saved)
            let rights = try FileManager.default.attributesOfItem(atPath: chroma.folder)[.posixPermissions] as? Int
            #expect(rights == 0o750)

            #expect(try await target.undoState(set: Self.set) == .possible)
            let undone = try await target.undo(set: Self.set) { _ in }
            #expect(undone.count == 2)
            #expect(try chroma.neighbours == ["store", "store_undone_\(Self.set)"])
            #expect(try await chroma.run("dump", chroma.folder) == changed)
            let nothing = try await refusal { _ = try await target.undo(set: Self.set) { _ in } }
            #expect(nothing.category == .refused)
            let state = try await target.undoState(set: Self.set)
            #expect(state == .nothing(reason: nothing.message))
        }
    }

    @Test("nothing that is kept is overwritten: what was kept and undone earlier has other names")
    func again() async throws {
        try await withSet { chroma, part, _ in
            let target = ChromaRestoreTarget(chroma.configuration)
            func mark(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(chroma.folder)/mark")) }
            func marked(_ name: String) throws -> String {
                try String(contentsOfFile: "\(chroma.parent)/\(name)/mark", encoding: .utf8)
            }
            func restore(reverting: Bool = false) async throws -> [String] {
                let session = try await target.openSession(part, options: RestoreOptions())
                try await session.prepare { _ in }
                let account = try await session.swap { _ in }
                if reverting { #expect(try await session.revert()) }
                await session.discard()
                return account
            }
            let (before, undone) = ("store_before_\(Self.set)", "store_undone_\(Self.set)")
            for text in ["one", "two"] {
                try mark(text)
                _ = try await restore()
                try mark("restored, \(text)")
                _ = try await target.undo(set: Self.set) { _ in }
                #expect(try marked("store") == text)
            }
            #expect(try chroma.neighbours == ["store", undone, "\(undone).1"])
            #expect(try marked("\(undone).1") == "restored, two")

            _ = try await restore()
            try mark("three")
            _ = try await restore(reverting: true)
            #expect(try [marked("store"), marked(before)] == ["three", "two"])
            let account = try await restore()
            #expect(account.contains { $0.contains("\(before).1") }, "\(account)")
            #expect(try [marked(before), marked("\(before).1")] == ["three", "two"])
            _ = try await target.undo(set: Self.set) { _ in }
            #expect(try marked("store") == "three")
            guard case .nothing(let reason) = try await target.undoState(set: Self.set) else {
                Issue.record("the first one is not brought back by itself")
                return
            }
            #expect(reason.contains("still there: \(chroma.parent)/\(before).1."))
        }
    }

    @Test("while ChromaDB runs nothing is undone")
    func undoneInUse() async throws {
        try await withSet { chroma, part, _ in
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions())
            try await session.prepare { _ in }
            _ = try await session.swap { _ in }
            await session.discard()
            try await chroma.whileRunning("hold", chroma.folder) { _ in
                let refused = try await refusal { _ = try await target.undoState(set: Self.set) }
                #expect(refused.message.contains("Stop it, then try again"))
            }
        }
    }

    @Test("where no store is, one is made; and under another name, the store stays as it is")
    func beside() async throws {
        try await withSet { chroma, part, saved in
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions(into: "other"))
            try await session.prepare { _ in }
            _ = try await session.swap { _ in }
            #expect(try chroma.neighbours == ["other", "store"])
            #expect(try await chroma.run("dump", "\(chroma.parent)/other") == saved)
            let taken = try await refusal {
                _ = try await target.openSession(part, options: RestoreOptions(into: "\(chroma.parent)/other"))
            }
            #expect(taken.message.contains("choose another name"))

            try FileManager.default.removeItem(atPath: chroma.folder)
            let fresh = try await target.openSession(part, options: RestoreOptions())
            try await fresh.prepare { _ in }
            _ = try await fresh.swap { _ in }
            #expect(try chroma.neighbours == ["other", "store"])
            #expect(try await chroma.run("dump", chroma.folder) == saved)
        }
    }

    @Test("while ChromaDB runs nothing is replaced, at the beginning and at the last moment")
    func inUse() async throws {
        try await withSet { chroma, part, saved in
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions())
            try await session.prepare { _ in }
            // Idle, without any lock.
            try await chroma.whileRunning("hold", chroma.folder) { _ in
                let late = try await refusal { _ = try await session.swap { _ in } }
                #expect(late.category == .refused)
                #expect(late.message.contains("has chroma.sqlite3 open"))
                await session.discard()
                #expect(try chroma.neighbours == ["store"])
                let early = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
                #expect(early.message.contains("Stop it, then try again"))
            }
            #expect(try await chroma.run("dump", chroma.folder) == saved)
        }
    }

    @Test("where the folder was deleted, ChromaDB may run as well: its files and its address are asked for")
    func deletedInUse() async throws {
        try await withSet { chroma, part, _ in
            let target = ChromaRestoreTarget(chroma.configuration)
            try await chroma.whileRunning("hold", chroma.folder) { _ in
                try FileManager.default.removeItem(atPath: chroma.folder)
                let early = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
                #expect(early.message.contains("has chroma.sqlite3 open"))
                _ = try await target.openSession(part, options: RestoreOptions(into: "other"))
            }
            var configuration = chroma.configuration
            configuration.host = "127.0.0.1"
            configuration.port = try #require(FreePort.find())
            let address = ChromaRestoreTarget(configuration)
            let session = try await address.openSession(part, options: RestoreOptions())
            try await session.prepare { _ in }
            let listener = try #require(SilentListener(port: UInt16(configuration.port)))
            defer { listener.close() }
            let late = try await refusal { _ = try await session.swap { _ in } }
            #expect(late.message.contains("a server answers at 127.0.0.1"))
            await session.discard()
            #expect(try chroma.neighbours == [])
        }
    }

    @Test("a swap is taken back, also where nothing was before", arguments: [true, false])
    func reverted(isThere: Bool) async throws {
        try await withSet { chroma, part, _ in
            let mark = "\(chroma.folder)/mark"
            try Data("of the old one".utf8).write(to: URL(filePath: mark))
            if !isThere { try FileManager.default.removeItem(atPath: chroma.folder) }
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions())
            #expect(try await !session.revert())
            try await session.prepare { _ in }
            _ = try await session.swap { _ in }
            #expect(FileManager.default.fileExists(atPath: chroma.database))
            #expect(!FileManager.default.fileExists(atPath: mark))
            #expect(try await session.revert())
            #expect(try await !session.revert())
            await session.discard()
            #expect(try chroma.neighbours == (isThere ? ["store"] : []))
            #expect(FileManager.default.fileExists(atPath: mark) == isThere)
        }
    }

    @Test("an idle server of ChromaDB is found, by its files and by its address")
    func server() async throws {
        try await withSet { chroma, part, _ in
            let port = try #require(FreePort.find())
            let command = ProcessCommand(
                program: "\(try chroma.version.programs)/chroma",
                arguments: ["run", "--path", chroma.folder, "--host", "127.0.0.1", "--port", "\(port)"])
            let server = Task { try await TestLauncher().run(command, output: nil) { _ in } }
            var configuration = chroma.configuration
            #expect(try await eventually { !StoreUsers.processes(using: chroma.folder).found.isEmpty })
            let target = ChromaRestoreTarget(configuration)
            // While it starts, it may close its files once more.
            let isRefused = try await eventually {
                do { _ = try await target.openSession(part, options: RestoreOptions()) } catch {
                    return "\(error)".contains("(chroma) has")
                }
                return false
            }
            #expect(isRefused)
            configuration.host = "127.0.0.1"
            configuration.port = port
            let users = StoreUsers(configuration: configuration)
            let isFound = try await eventually {
                try users.find("/nonexistent") == ["a server answers at 127.0.0.1:\(port)"]
            }
            #expect(isFound)
            server.cancel()
            _ = await server.result
            // Its own processes may end after it.
            #expect(try await eventually { try users.find(chroma.folder) == [] })
        }
    }

    @Test("a damaged set replaces nothing, and leaves nothing")
    func damaged() async throws {
        try await withSet { chroma, part, saved in
            try #require(Damage.ofSets.last).apply("\(part.folder)/chroma")
            let target = ChromaRestoreTarget(chroma.configuration)
            let session = try await target.openSession(part, options: RestoreOptions())
            let error = try await refusal { try await session.prepare { _ in } }
            #expect(error.category == .damaged)
            #expect(error.message.contains("nothing was replaced"))
            await session.discard()
            #expect(try chroma.neighbours == ["store"])
            #expect(try await chroma.run("dump", chroma.folder) == saved)
        }
    }

    @Test("when the second renaming fails, the first one is taken back")
    func exchange() throws {
        let parent = "/tmp/strata-chroma-names-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: "\(parent)/store", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        let names = FolderNames("\(parent)/store/", set: Self.set)
        #expect(names.before == "\(parent)/store_before_\(Self.set)")
        #expect(throws: FileError.self) { try names.exchange(names.before, with: names.replacement) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["store"])
    }
}
