// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct ChromaArtifactVerifierTests {
    /// Runs a body with a set of a store.
    private nonisolated(nonsending) func withSet<Result>(
        _ version: ChromaVersion = .one, _ body: (StoredPart) async throws -> Result
    ) async throws -> Result {
        try await TestChroma.with(version) { chroma in
            try await FolderDestination.with { destination in
                let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                return try await body(destination.part(snapshot, store: .chroma))
            }
        }
    }

    /// The checksums of everything in a folder, and when its files were changed.
    private func state(of part: StoredPart) throws -> [String: [String]] {
        var state: [String: [String]] = [:]
        for path in try StoreFolder.files(below: part.folder) {
            guard case .file(let stamp) = try Folders.kind(of: "\(part.folder)/\(path)") else { continue }
            let data = FileManager.default.contents(atPath: "\(part.folder)/\(path)") ?? Data()
            state[path] = [Checksum(of: Array(data)).hexadecimal, "\(stamp.modified)"]
        }
        return state
    }

    @Test("ChromaDB itself opens a copy and has everything; the set is not touched", arguments: ChromaVersion.allCases)
    func proven(version: ChromaVersion) async throws {
        try await withSet(version) { part in
            let before = try state(of: part)
            let verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: try version.programs)
            #expect(try await verifier.findUnreadable(part) { _ in } == [])
            let proof = try await verifier.restoreForProof(part) { _ in }
            #expect(proof.differences == [])
            #expect(proof.serverVersion == version.rawValue)
            #expect(
                proof.compared == [
                    "5 collections, 3378 records",
                    "with ChromaDB \(version.rawValue): ids, documents, metadata, 3378 vectors, 18 queries",
                ])
            #expect(try state(of: part) == before)
        }
    }

    @Test("a set of 0.5 can be proven with 1.x, which converts its copy; the other way round it is not tried")
    func otherVersion() async throws {
        try await withSet(.zero) { part in
            let verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: try ChromaVersion.one.programs)
            let proof = try await verifier.restoreForProof(part) { _ in }
            #expect(proof.differences == [])
            #expect(proof.serverVersion == "1.5.9")
        }
        try await withSet(.one) { part in
            let verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: try ChromaVersion.zero.programs)
            let proof = try await verifier.restoreForProof(part) { _ in }
            #expect(proof.differences == [])
            #expect(proof.serverVersion == nil)
            #expect(proof.compared.last?.contains("only ChromaDB 0.5.23 is installed") == true)
            #expect(proof.limitations == ["without ChromaDB"])
        }
    }

    /// Finds no program, as where none is installed.
    private struct BareLauncher: ProcessLauncher {
        func find(_ program: String, in folders: [String]) -> String? { nil }

        func run(
            _ command: ProcessCommand, input: (any ByteSource)?, output: (any ByteSink)?,
            message: @escaping @Sendable (String) -> Void
        ) async throws -> ProcessEnd {
            throw Failure("nothing is to be run")
        }
    }

    @Test("a folder that was named, and has no ChromaDB, is an error; so is one whose Python does not run")
    func wrongPrograms() async throws {
        try await withSet { part in
            let folder = "/tmp/strata-chroma-programs-\(UInt64.random(in: 0...UInt64.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func failure() async throws -> ChromaBackupError? {
                await #expect(throws: ChromaBackupError.self) {
                    try await ChromaArtifactVerifier(launcher: TestLauncher(), programs: folder)
                        .restoreForProof(part) { _ in }
                }
            }
            let empty = try await failure()
            #expect(empty?.category == .configuration)
            #expect(empty?.message.contains("there is no ChromaDB in \(folder)") == true)
            try Data("#!/bin/sh\nexit 3\n".utf8).write(to: URL(filePath: "\(folder)/python3"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/python3")
            #expect(try await failure()?.message.contains("python3 does not run") == true)
        }
    }

    @Test("a collection of which nothing comes in time is a finding")
    func hangs() async throws {
        try await withSet { part in
            var verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: try ChromaVersion.one.programs)
            verifier.patience = .microseconds(100)
            let proof = try await verifier.restoreForProof(part) { _ in }
            #expect(proof.differences.count == 1)
            #expect(proof.differences.first?.contains("nothing came of it for") == true)
        }
    }

    @Test("without ChromaDB, SQLite proves what it can, and the proof says so")
    func withoutChroma() async throws {
        try await withSet { part in
            let verifier = ChromaArtifactVerifier(launcher: BareLauncher())
            let proof = try await verifier.restoreForProof(part) { _ in }
            #expect(proof.differences == [])
            #expect(proof.serverVersion == nil)
            #expect(proof.compared.last?.contains("no ChromaDB is installed") == true)
            #expect(proof.limitations == ["without ChromaDB"])
        }
    }

    @Test("damage is found, and looking for it changes nothing", arguments: Damage.ofSets)
    func damaged(damage: Damage) async throws {
        try await withSet { part in
            try damage.apply("\(part.folder)/chroma")
            let before = try state(of: part)
            let verifier = ChromaArtifactVerifier(launcher: TestLauncher(), programs: "/nonexistent")
            let problems = try await verifier.findUnreadable(part) { _ in }
            #expect(!problems.isEmpty)
            #expect(try state(of: part) == before)
            if FileManager.default.fileExists(atPath: "\(part.folder)/chroma/chroma.sqlite3") {
                var there = part
                there.artifacts.removeAll { !FileManager.default.fileExists(atPath: part.location(of: $0)) }
                #expect(!(try await verifier.restoreForProof(there) { _ in }.differences.isEmpty))
            }
        }
    }

    @Test("ChromaDB itself is asked, and shows damage of what was noted", arguments: Damage.ofAnswers)
    func damagedAnswers(damage: Damage) async throws {
        try await withSet { part in
            let details = try ChromaDetails(part)
            try damage.apply("\(part.folder)/chroma")
            let launcher = TestLauncher()
            let found = try await ChromaProgram.find(in: try ChromaVersion.one.programs, launcher: launcher)
            let program = try #require(found.programs.first)
            let proof = ChromaProof(program: program, details: details, launcher: launcher, patience: .seconds(600))
            var result = RestoreProof(compared: [], differences: [])
            try await proof.perform(on: "\(part.folder)/chroma", home: part.folder, &result) { _ in }
            #expect(!result.differences.isEmpty)
            #expect(result.serverVersion == "1.5.9")
        }
    }

    @Test("parts of two sets of the same store do not go together, whichever is the older one")
    func mixedSets() async throws {
        try await TestChroma.with { chroma in
            try await FolderDestination.with { older in
                let first = older.part(try await chroma.target.backUp(to: older) { _ in }, store: .chroma)
                try await chroma.run("more", chroma.folder)
                try await FolderDestination.with { newer in
                    let second = newer.part(try await chroma.target.backUp(to: newer) { _ in }, store: .chroma)
                    let (one, two) = (first.location(of: database(first)), second.location(of: database(second)))
                    let parked = "\(chroma.parent)/parked"
                    try FileManager.default.moveItem(atPath: one, toPath: parked)
                    try FileManager.default.moveItem(atPath: two, toPath: one)
                    try FileManager.default.moveItem(atPath: parked, toPath: two)
                    for folder in [first.folder, second.folder] {
                        // As if both had been saved so: nothing is known but what is in the folder.
                        let contents = try StoreReader.read("\(folder)/chroma", prefix: "chroma/", interruption: nil)
                        #expect(!contents.problems.isEmpty)
                    }
                }
            }
        }
    }

    private func database(_ part: StoredPart) -> StoredArtifact {
        part.artifacts.first { $0.path == "chroma/chroma.sqlite3" } ?? part.artifacts[0]
    }

    @Test("metadata that does not say what there was is damage")
    func withoutDetails() async throws {
        let part = StoredPart(
            set: "backup_20250916_123000", folder: "/nonexistent", store: .chroma, address: "test",
            snapshot: StoreSnapshot(),
            artifacts: [])
        let error = await #expect(throws: ChromaBackupError.self) {
            try await ChromaArtifactVerifier(launcher: TestLauncher()).findUnreadable(part) { _ in }
        }
        #expect(error?.category == .damaged)
    }
}
