// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

/// What a backup does when its first copy is not good.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RepeatedCopyTests {
    @Test("what the previous set has is part of a copy that was made anew, also when it changed meanwhile")
    func withPrevious() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            #expect(
                try await eventually { try !store.files().files.values.contains { $0.isRecent(at: FileStamp.now) } })
            try await FolderDestination.with { first in
                let part = first.part(try await chroma.target.backUp(to: first) { _ in }, store: .chroma)
                // Of an index that was never saved nobody reads the header.
                let names = Set(part.artifacts.map(\.path))
                let headers = names.sorted().filter {
                    $0.hasSuffix("/header.bin")
                        && names.contains($0.replacing("header.bin", with: "index_metadata.pickle"))
                }
                let paths = headers.map { "\(chroma.parent)/store/\($0.dropFirst("chroma/".count))" }
                let (broken, touched) = (try #require(paths.first), try #require(paths.last))
                let header = try Data(contentsOf: URL(filePath: broken))
                let attempts = Messages()
                var target = chroma.target
                target.hooks.locked = {
                    attempts.add("locked")
                    if attempts.all.count == 1 {
                        try Data(repeating: 7, count: 100).write(to: URL(filePath: broken))
                    } else if attempts.all.count == 2 {
                        try header.write(to: URL(filePath: broken))
                        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: touched)
                    }
                }
                try await FolderDestination.with(previous: part) { [target] second in
                    let snapshot = try await target.backUp(to: second) { _ in }
                    #expect(attempts.all.count == 2)
                    let again = second.part(snapshot, store: .chroma)
                    #expect(again.artifacts == part.artifacts)
                    // Two of five indexes are copied, the others come from there.
                    #expect(second.linkedFiles.count == 23 - files(beside: [broken, touched]))
                    let verifier = ChromaArtifactVerifier(launcher: TestLauncher())
                    #expect(try await verifier.findUnreadable(again) { _ in } == [])
                }
            }
        }
    }

    private func files(beside paths: [String]) -> Int {
        paths.reduce(0) { count, path in
            let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
            return count + ((try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0)
        }
    }

    @Test("when the time of the lock is up writers go on, although the copy waits for a disk that does not answer")
    func hungDisk() async throws {
        try await TestChroma.with { chroma in
            var options = TestChroma.options
            options.longestHold = .milliseconds(300)
            var target = ChromaBackupTarget(chroma.configuration, options: options)
            target.hooks.copied = { _, isLocked in
                // Nothing is written until somebody else could lock the store.
                while try isLocked && chroma.isLockedForOthers() {}
            }
            try await FolderDestination.with { [target] destination in
                let error = await #expect(throws: ChromaBackupError.self) {
                    try await target.backUp(to: destination) { _ in }
                }
                #expect(error?.category == .store)
                #expect(error?.message.contains("hold ChromaDB's writers for longer than") == true)
            }
        }
    }

    @Test("attempts have one limit of time together")
    func budget() {
        let budget = HoldBudget(.seconds(20))
        budget.spend(.seconds(15))
        #expect(budget.rest == .seconds(5))
        budget.spend(.seconds(7))
        #expect(budget.rest == .zero)
        #expect(budget.spent == .seconds(22))
    }

    @Test("index files that change for a while are copied when that has ended")
    func busyIndex() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            let path = try #require(try store.files().files.keys.first { $0.hasSuffix("/length.bin") })
            let touches = Messages()
            // Of an hour later, so that every one is recent, however long the copy takes.
            let touch: @Sendable () throws -> Void = {
                touches.add("touched")
                let date = Date(timeIntervalSinceNow: 3600 + Double(touches.all.count))
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: "\(store.path)/\(path)")
            }
            var target = chroma.target
            target.hooks.locked = touch
            target.hooks.looksAgain = { if touches.all.count < 6 { try touch() } }
            try await FolderDestination.with { [target] destination in
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(touches.all.count == 6)
                let verifier = ChromaArtifactVerifier(launcher: TestLauncher())
                #expect(try await verifier.findUnreadable(destination.part(snapshot, store: .chroma)) { _ in } == [])
            }
        }
    }

    @Test("there is no room beside a store whose parent nothing can be written to, or which is another disk")
    func room() async throws {
        func room(_ folder: String) throws -> Int64 {
            FreezeCopy(
                store: try StoreFolder(ChromaConfiguration(path: folder)), target: "/tmp", known: [:], linked: [],
                budget: HoldBudget(.seconds(20)), options: .init(), calls: SystemWriting(), hooks: .init(),
                interruption: Interruption()
            ) { _ in }.room
        }
        try await TestChroma.with(isFilled: false) { chroma in
            try FileManager.default.createDirectory(atPath: chroma.folder, withIntermediateDirectories: false)
            try Data().write(to: URL(filePath: chroma.database))
            #expect(try room(chroma.folder) > 0)
        }
        try await SmallDisk.with(megabytes: 1) { disk in
            let database = URL(filePath: "\(disk.mountPoint)/chroma.sqlite3")
            try Data().write(to: database)
            defer { try? FileManager.default.removeItem(at: database) }
            #expect(try room(disk.mountPoint) == 0)
        }
        #expect(!Folders.isWritable("/nonexistent"))
    }

    @Test("a full disk is never the store's fault")
    func noSpace() {
        for operation in ["write", "create the folder", "sync"] {
            let error = FileError(operation: operation, path: "/backups/x", number: ENOSPC)
            let told = ChromaBackupError.wrapping(error, doing: "saving") as? ChromaBackupError
            #expect(told?.category == .destination)
        }
    }
}
