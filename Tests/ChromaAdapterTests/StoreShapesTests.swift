// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

/// Healthy stores that are not simply full of records.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct StoreShapesTests {
    @Test(
        "stores of few, changed and repeated records are saved, read and proven; so are names like ChromaDB's own",
        arguments: ChromaVersion.allCases)
    func shapes(version: ChromaVersion) async throws {
        try await TestChroma.with(version, isFilled: false) { chroma in
            try await chroma.run("shapes", chroma.folder)
            try await FolderDestination.with { destination in
                let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                #expect(snapshot.details["records"] == .integer(50 + 900 + 1198 + 1))
                let part = destination.part(snapshot, store: .chroma)
                let verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: try version.programs)
                #expect(try await verifier.findUnreadable(part) { _ in } == [])
                let proof = try await verifier.restoreForProof(part) { _ in }
                #expect(proof.differences == [])
                #expect(proof.serverVersion == version.rawValue)
            }
        }
    }

    /// Runs a body with a store, and the same one before its index was saved the last time.
    private nonisolated(nonsending) func withSave(
        _ version: ChromaVersion, _ body: (TestChroma, _ before: String) async throws -> Void
    ) async throws {
        try await TestChroma.with(version, isFilled: false) { chroma in
            let before = "\(chroma.parent)/before"
            try await chroma.run("saves", chroma.folder, before)
            try await body(chroma, before)
        }
    }

    private static let labels = "index_metadata.pickle"

    /// The path of a file of the only index, within its store.
    private static func index(_ file: String, of store: String) throws -> String {
        try #require(try StoreFolder.files(below: store).first { $0.hasSuffix("/\(file)") })
    }

    private static func copy(_ path: String, from store: String, to other: String) throws {
        try? FileManager.default.removeItem(atPath: "\(other)/\(path)")
        try FileManager.default.copyItem(atPath: "\(store)/\(path)", toPath: "\(other)/\(path)")
    }

    @Test(
        "an index and the list of its ids are of the same save, or the copy is not whole",
        arguments: ChromaVersion.allCases)
    func halfSaved(version: ChromaVersion) async throws {
        try await withSave(version) { chroma, before in
            func problems(_ folder: String) throws -> [String] {
                try StoreReader.read(folder, prefix: "", interruption: nil).problems
            }
            #expect(try problems(chroma.folder) == [])
            #expect(try problems(before) == [])
            let labels = try Self.index(Self.labels, of: chroma.folder)
            for file in [IndexFiles.header, IndexFiles.vectors, IndexFiles.lengths, IndexFiles.links] {
                try Self.copy(try Self.index(file, of: chroma.folder), from: chroma.folder, to: before)
            }
            let found = try problems(before)
            #expect(found.count == 1)
            #expect(found.first?.contains("\(labels) is of another instant than the index") == true)
        }
    }

    @Test("files that were changed a moment ago are looked at again, before the copy counts")
    func looksAgain() async throws {
        try await withSave(.one) { chroma, before in
            let labels = try Self.index(Self.labels, of: chroma.folder)
            let attempts = Messages()
            var target = chroma.target
            // ChromaDB in the middle of a save: the ids are still those from before.
            target.hooks.locked = {
                attempts.add("locked")
                guard attempts.all == ["locked"] else { return }
                try Self.copy(labels, from: before, to: chroma.folder)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: 3600)], ofItemAtPath: "\(chroma.folder)/\(labels)")
            }
            target.hooks.looksAgain = {
                guard attempts.all == ["locked"] else { return }
                attempts.add("saved")
                try Self.copy(labels, from: "\(chroma.parent)/whole", to: chroma.folder)
            }
            try FileManager.default.copyItem(atPath: chroma.folder, toPath: "\(chroma.parent)/whole")
            try await FolderDestination.with { [target] destination in
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(attempts.all == ["locked", "saved"])
                let part = destination.part(snapshot, store: .chroma)
                let verifier = ChromaArtifactVerifier(launcher: TestLauncher())
                #expect(try await verifier.findUnreadable(part) { _ in } == [])
            }
        }
    }

    @Test("a copy that caught half of a save is made anew")
    func copiedAnew() async throws {
        try await withSave(.one) { chroma, before in
            try FileManager.default.copyItem(atPath: chroma.folder, toPath: "\(chroma.parent)/whole")
            let labels = try Self.index(Self.labels, of: chroma.folder)
            let attempts = Messages()
            var target = chroma.target
            target.hooks.locked = {
                attempts.add("locked")
                let source = attempts.all.count == 1 ? before : "\(chroma.parent)/whole"
                try Self.copy(labels, from: source, to: chroma.folder)
            }
            try await FolderDestination.with { [target] destination in
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(attempts.all.count == 2)
                let part = destination.part(snapshot, store: .chroma)
                let verifier = ChromaArtifactVerifier(
                    launcher: TestLauncher(), programs: try chroma.version.programs)
                #expect(try await verifier.restoreForProof(part) { _ in }.differences == [])
            }
        }
    }
}
