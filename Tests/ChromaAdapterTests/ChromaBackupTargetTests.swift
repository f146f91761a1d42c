// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct ChromaBackupTargetTests {
    @Test(
        "ChromaDB returns the same from a copy: records, vectors and answers to queries",
        arguments: ChromaVersion.allCases)
    func roundTrip(version: ChromaVersion) async throws {
        try await TestChroma.with(version) { chroma in
            try await FolderDestination.with { destination in
                let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                #expect(snapshot.details["layout"] == .string(version == .one ? "1.x" : "0.5"))
                #expect(
                    snapshot.serverVersion
                        == (version == .one
                            ? "1.x (embeddings_queue 2, metadb 6, sysdb 10)"
                            : "0.5 (embeddings_queue 2, metadb 4, sysdb 9)"))
                #expect(snapshot.details["records"] == .integer(3 * 1125 + 3))
                #expect(snapshot.details["collections"]?.arrayValue?.count == 5)
                #expect(snapshot.warnings.isEmpty)
                #expect(snapshot.instructions.contains("cp -r chroma \(chroma.folder)`"))
                let copied = try await chroma.run("dump", "\(destination.folder)/chroma")
                #expect(copied.count > 3 * 1125)
                #expect(try await chroma.run("dump", chroma.folder) == copied)
                #expect(try chroma.neighbours == ["store"])
            }
        }
    }

    @Test("copies made while somebody writes show one instant each", arguments: ChromaVersion.allCases)
    func whileWriting(version: ChromaVersion) async throws {
        try await TestChroma.with(version, isFilled: false) { chroma in
            try await chroma.whileRunning("writer", chroma.folder, lines: 20) { acknowledged in
                for _ in 0..<6 {
                    try await FolderDestination.with { destination in
                        let before = acknowledged.lines.count
                        let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                        let part = destination.part(snapshot, store: .chroma)
                        let verifier = ChromaArtifactVerifier(launcher: TestLauncher())
                        #expect(try await verifier.findUnreadable(part) { _ in } == [])
                        let step = try #require(
                            Int(try await chroma.run("check", "\(destination.folder)/chroma").last ?? ""))
                        // What was acknowledged is there. What was not yet may be there as well: its line comes later.
                        #expect(step >= before - 1)
                    }
                    let lines = acknowledged.lines.count
                    #expect(try await eventually { acknowledged.lines.count > lines + 60 })
                }
            }
        }
    }

    @Test("nobody can write while the copy is made, and everybody can afterwards")
    func holdsWriters() async throws {
        try await TestChroma.with { chroma in
            let held = Messages()
            var target = chroma.target
            target.hooks.copied = { _, isLocked in
                if isLocked, held.all.count < 5 { held.add("\(try chroma.isLockedForOthers())") }
            }
            try await FolderDestination.with { destination in
                _ = try await target.backUp(to: destination) { _ in }
            }
            #expect(!held.all.isEmpty)
            #expect(Set(held.all) == ["true"])
            #expect(try !chroma.isLockedForOthers())
        }
    }

    @Test("a lock that this process lost by closing the same file is noticed")
    func lostLock() async throws {
        try await TestChroma.with { chroma in
            var target = chroma.target
            target.hooks.locked = { _ = try OpenFile.read(chroma.database) }
            try await FolderDestination.with { destination in
                let error = await #expect(throws: ChromaBackupError.self) {
                    try await target.backUp(to: destination) { _ in }
                }
                #expect(error?.message.contains("was lost") == true)
            }
        }
    }

    @Test("a cancelled task lets go of the lock")
    func cancelled() async throws {
        try await TestChroma.with { chroma in
            try await FolderDestination.with { destination in
                let gate = Messages()
                var target = chroma.target
                target.hooks.locked = {
                    gate.add("locked")
                    while gate.all.count < 2 { usleep(1000) }
                }
                let task = Task { [target] in try await target.backUp(to: destination) { _ in } }
                #expect(try await eventually { !gate.all.isEmpty })
                #expect(try chroma.isLockedForOthers())
                task.cancel()
                gate.add("go on")
                guard case .failure(let error as ChromaBackupError) = await task.result else {
                    throw Failure("it was not cancelled")
                }
                #expect(error.category == .cancelled)
                #expect(try !chroma.isLockedForOthers())
                #expect(try chroma.neighbours == ["store"])
            }
        }
    }

    @Test("index files that did not change are shared with the previous set, others are not")
    func linked() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            #expect(
                try await eventually { try !store.files().files.values.contains { $0.isRecent(at: FileStamp.now) } })
            try await FolderDestination.with { first in
                let part = first.part(try await chroma.target.backUp(to: first) { _ in }, store: .chroma)
                #expect(first.linkedFiles.isEmpty)
                let index = Set(part.artifacts.map(\.path)).subtracting(["chroma/chroma.sqlite3"])
                // Three indexes of five files; four of the one that is in the queue, and of the deleted one, which ChromaDB leaves behind.
                #expect(index.count == 23)
                try await FolderDestination.with(previous: part) { second in
                    let snapshot = try await chroma.target.backUp(to: second) { _ in }
                    #expect(second.linkedFiles == index)
                    #expect(snapshot.details["linked"] == .integer(Int64(index.count)))
                    #expect(second.part(snapshot, store: .chroma).artifacts.map(\.path) == part.artifacts.map(\.path))
                }
                var options = TestChroma.options
                options.linksUnchanged = false
                try await FolderDestination.with(previous: part) { second in
                    _ = try await ChromaBackupTarget(chroma.configuration, options: options).backUp(to: second) { _ in }
                    #expect(second.linkedFiles.isEmpty)
                }
                try await chroma.run("more", chroma.folder)
                try await FolderDestination.with(previous: part) { third in
                    let snapshot = try await chroma.target.backUp(to: third) { _ in }
                    #expect(third.linkedFiles.isStrictSubset(of: index))
                    #expect(!third.linkedFiles.isEmpty)
                    let copied = try await chroma.run("dump", "\(third.folder)/chroma")
                    #expect(try await chroma.run("dump", chroma.folder) == copied)
                    #expect(snapshot.details["records"] == .integer(3 * 1125 + 3 + 1250))
                }
            }
        }
    }

    @Test("unchanged files that cannot be linked are copied")
    func notLinked() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            #expect(
                try await eventually { try !store.files().files.values.contains { $0.isRecent(at: FileStamp.now) } })
            try await FolderDestination.with { first in
                let part = first.part(try await chroma.target.backUp(to: first) { _ in }, store: .chroma)
                // Its set says that they are there, and they are not.
                try FileManager.default.removeItem(atPath: "\(first.folder)/chroma")
                try await FolderDestination.with(previous: part) { second in
                    let snapshot = try await chroma.target.backUp(to: second) { _ in }
                    #expect(second.linkedFiles.isEmpty)
                    #expect(second.part(snapshot, store: .chroma).artifacts.map(\.path) == part.artifacts.map(\.path))
                }
            }
        }
    }

    @Test("with a log beside SQLite's file, what is in the log is in the copy")
    func writeAheadLog() async throws {
        try await TestChroma.with { chroma in
            let change = "UPDATE embedding_metadata SET string_value = 'changed' WHERE key = 'text'"
            try await chroma.whileRunning(
                "hold", chroma.folder, "PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", change
            ) { _ in
                #expect(FileManager.default.fileExists(atPath: "\(chroma.database)-wal"))
                try await FolderDestination.with { destination in
                    let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                    let part = destination.part(snapshot, store: .chroma)
                    #expect(!part.artifacts.contains { $0.path.contains("-wal") || $0.path.contains("-shm") })
                    let copy = try SQLiteDatabase("\(destination.folder)/chroma/chroma.sqlite3", .immutable)
                    let changed = try copy.number(
                        "SELECT count(*) FROM embedding_metadata WHERE string_value = 'changed'")
                    #expect(changed == 3375)
                    let verifier = ChromaArtifactVerifier(launcher: TestLauncher())
                    #expect(try await verifier.findUnreadable(part) { _ in } == [])
                }
            }
        }
    }
}
