// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct PublishedSetTests {
    @Test("sets share unchanged index files, and each is proven by itself, also when the other is gone")
    func twoSets() async throws {
        try await TestChroma.with { chroma in
            let store = try StoreFolder(chroma.configuration)
            #expect(
                try await eventually { try !store.files().files.values.contains { $0.isRecent(at: FileStamp.now) } })
            let folder = BackupFolder("\(chroma.parent)/backups")
            let first = try await backUp(chroma, to: folder)
            try await chroma.run("more", chroma.folder)
            let second = try await backUp(chroma, to: folder)
            let linked = try #require(second.part(.chroma)?.snapshot.details["linked"]?.integerValue)
            #expect(linked > 0)
            #expect(try shared(first, second) == Int(linked))
            try FileManager.default.removeItem(atPath: first.folder)
            let verifier = SetVerifier(
                verifiers: [
                    ChromaArtifactVerifier(launcher: SubprocessLauncher(), programs: try chroma.version.programs)
                ],
                strataVersion: "test")
            let report = try await verifier.verify(second, upTo: .restored)
            #expect(report.results.map(\.findings) == [[], [], []])
        }
    }

    private nonisolated(nonsending) func backUp(_ chroma: TestChroma, to folder: BackupFolder) async throws -> BackupSet
    {
        let set = try await BackupRunner(
            folder: folder, targets: [chroma.target], options: BackupRunner.Options(strataVersion: "test")
        ).run()
        #expect(set.metadata.status == .complete)
        let artifacts = set.metadata.artifacts.map(\.path)
        #expect(Set(artifacts).count == artifacts.count)
        return set
    }

    /// How many files of two sets are the same file.
    private func shared(_ first: BackupSet, _ second: BackupSet) throws -> Int {
        func inodes(_ set: BackupSet) throws -> Set<UInt64> {
            Set(
                try set.metadata.artifacts.compactMap { artifact in
                    guard case .file(let stamp) = try Folders.kind(of: "\(set.folder)/\(artifact.path)") else {
                        return nil
                    }
                    return stamp.inode
                })
        }
        return try inodes(first).intersection(inodes(second)).count
    }
}
