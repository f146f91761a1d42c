// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct ChromaBackupFailureTests {
    /// The error of a backup that has to fail.
    private nonisolated(nonsending) func failure(
        of target: ChromaBackupTarget, in parent: String = "/tmp"
    ) async throws -> ChromaBackupError {
        try await FolderDestination.with(in: parent) { destination in
            do {
                _ = try await target.backUp(to: destination) { _ in }
            } catch let error as ChromaBackupError {
                return error
            }
            throw Failure("the backup did not fail")
        }
    }

    @Test("where there is nothing to save, the error says what CHROMA_PATH has to be")
    func nothingThere() async throws {
        try await TestChroma.with(isFilled: false) { chroma in
            let missing = try await failure(of: chroma.target)
            #expect(missing.category == .unavailable)
            #expect(missing.message.contains("\(chroma.folder) cannot be found. CHROMA_PATH has to be"))
            try FileManager.default.createDirectory(atPath: chroma.folder, withIntermediateDirectories: false)
            let empty = try await failure(of: chroma.target)
            #expect(empty.message.contains("has no chroma.sqlite3"))
            try Data("no database".utf8).write(to: URL(filePath: chroma.database))
            let other = try await failure(of: chroma.target)
            #expect(other.category == .store)
            #expect(other.message.contains("not a database"))
            try FileManager.default.removeItem(atPath: chroma.folder)
            try Data().write(to: URL(filePath: chroma.folder))
            #expect(try await failure(of: chroma.target).message.contains("is not a folder"))
            try FileManager.default.removeItem(atPath: chroma.folder)
        }
    }

    @Test("of a server whose folder is not known, the error says where to run")
    func otherHost() async throws {
        let error = try await failure(of: ChromaBackupTarget(ChromaConfiguration(path: nil, host: "vectors.example")))
        #expect(error.category == .configuration)
        #expect(error.message.contains("vectors.example:8000"))
        #expect(error.message.contains("Run this on the server's machine"))
    }

    @Test("who cannot get the lock in time is told that somebody writes")
    func lockedByAnother() async throws {
        try await TestChroma.with { chroma in
            try await chroma.whileRunning("hold", chroma.folder, "BEGIN IMMEDIATE") { _ in
                let options = ChromaBackupTarget.Options(lockPatience: .milliseconds(100))
                let error = try await failure(of: ChromaBackupTarget(chroma.configuration, options: options))
                #expect(error.category == .store)
                #expect(error.message.contains("somebody has been writing"))
            }
            // As soon as it is free, the lock is taken.
            try await FolderDestination.with { destination in
                _ = try await chroma.target.backUp(to: destination) { _ in }
            }
        }
    }

    @Test("a lock that is killed is gone")
    func killed() async throws {
        try await TestChroma.with { chroma in
            let processes = Messages()
            let launcher = TestLauncher(observe: { _, process in processes.add("\(process)") })
            let script = TestChroma.root.appending(path: "Tests/Fixtures/chroma/hold.py").path(percentEncoded: false)
            let command = ProcessCommand(
                program: "\(try chroma.version.programs)/python", arguments: [script, chroma.folder, "BEGIN IMMEDIATE"])
            let output = LineSink()
            let run = Task { try await launcher.run(command, output: output) { _ in } }
            #expect(try await eventually { output.lines == ["ready"] })
            #expect(try chroma.isLockedForOthers())
            kill(try #require(processes.all.first.flatMap { Int32($0) }), SIGKILL)
            #expect(try await run.value == .signaled(SIGKILL))
            #expect(try !chroma.isLockedForOthers())
        }
    }

    @Test("writers are not held for longer than allowed")
    func heldTooLong() async throws {
        try await TestChroma.with { chroma in
            let options = ChromaBackupTarget.Options(longestHold: .zero)
            let error = try await failure(of: ChromaBackupTarget(chroma.configuration, options: options))
            #expect(error.category == .store)
            #expect(error.message.contains("hold ChromaDB's writers for longer than"))
            #expect(try !chroma.isLockedForOthers())
            #expect(try chroma.neighbours == ["store"])
        }
    }

    @Test("when the set is written too slowly, the copy is made beside the store, which is left as it was")
    func staged() async throws {
        try await TestChroma.with { chroma in
            let places = Messages()
            var target = chroma.target
            target.hooks.isSameDevice = false
            target.hooks.copied = { isIntoSet, isLocked in
                if isIntoSet && isLocked { throw FreezeCopy.HeldTooLong() }
                if isLocked { places.add(try chroma.neighbours.count == 2 ? "beside" : "nowhere") }
            }
            try await FolderDestination.with { destination in
                let events = EventList()
                let snapshot = try await target.backUp(to: destination) { events.add($0) }
                #expect(snapshot.details["staged"] == true)
                #expect(events.notices.contains { $0.contains("beside the store first") })
                #expect(Set(places.all) == ["beside"])
                #expect(try chroma.neighbours == ["store"])
                let copied = try await chroma.run("dump", "\(destination.folder)/chroma")
                #expect(try await chroma.run("dump", chroma.folder) == copied)
            }
            // One that cannot be made whole is taken away as well.
            target.hooks.copied = { _, isLocked in if isLocked { throw FreezeCopy.HeldTooLong() } }
            #expect(try await failure(of: target).message.contains("longer than"))
            #expect(try chroma.neighbours == ["store"])
        }
    }

    @Test("what killed runs left beside the store is removed; what a living one has is not")
    func leftovers() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            let living = try StagingFolder(beside: store)
            let dead = "\(chroma.parent)/.store.strata-copy-1"
            try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
            try Data("part".utf8).write(to: URL(filePath: "\(dead)/chroma.sqlite3"))
            try await FolderDestination.with { destination in
                let events = EventList()
                _ = try await chroma.target.backUp(to: destination) { events.add($0) }
                #expect(events.notices == ["a killed run left \(dead) behind: it was removed"])
            }
            #expect(try chroma.neighbours.count == 2)
            #expect(FileManager.default.fileExists(atPath: living.path))
            living.remove()
            #expect(try chroma.neighbours == ["store"])
        }
    }

    @Test("a store that is damaged itself is not saved, and that is said", arguments: Damage.ofStores)
    func brokenStore(damage: Damage) async throws {
        try await TestChroma.with { chroma in
            try damage.apply(chroma.folder)
            let error = try await failure(of: chroma.target)
            #expect(error.category == .store)
            #expect(error.message.contains("ChromaDB's store itself is damaged"))
        }
    }

    @Test("a full disk is the destination's fault")
    func noSpace() async throws {
        try await TestChroma.with { chroma in
            try await SmallDisk.with(megabytes: 1) { disk in
                let error = try await failure(of: chroma.target, in: disk.folder)
                #expect(error.category == .destination)
                #expect(error.message.contains("No space left"))
                #expect(try !chroma.isLockedForOthers())
            }
        }
    }
}
