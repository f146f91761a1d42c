// SPDX-License-Identifier: Apache-2.0

import BackupKit
import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

@Suite("A copy of ChromaDB that is cut off at any call of the file system", .fewAtATime, .timeLimit(.minutes(60)))
struct ChromaCrashPointTests {
    private nonisolated(nonsending) func backUp(
        _ chroma: TestChroma, to path: String, _ files: FaultyFiles = FaultyFiles()
    ) async throws -> BackupSet {
        // What the previous set has would not be copied.
        var options = TestChroma.options
        options.linksUnchanged = false
        var target = ChromaBackupTarget(chroma.configuration, options: options)
        target.calls = FaultyWriting(files)
        return try await BackupRunner(
            folder: BackupFolder(path, files: files), targets: [target], options: .init(strataVersion: "test")
        ).run()
    }

    /// What is wrong with a set when all of it is read.
    private nonisolated(nonsending) func findings(_ set: BackupSet) async throws -> [String] {
        let verifier = SetVerifier(
            verifiers: [ChromaArtifactVerifier(launcher: TestLauncher())], strataVersion: "test")
        return try await verifier.verify(set, upTo: .readable).results.flatMap(\.findings)
    }

    @Test("No set is listed that cannot be read, and the next run succeeds", arguments: FaultyFiles.Fault.allCases)
    private func every(fault: FaultyFiles.Fault) async throws {
        try await TestChroma.with(isFilled: false) { chroma in
            try await chroma.run("small", chroma.folder)
            let store = try StoreFolder(chroma.configuration)
            #expect(
                try await eventually { try !store.files().files.values.contains { $0.isRecent(at: FileStamp.now) } })
            let counting = FaultyFiles()
            let whole = try await backUp(chroma, to: "\(chroma.parent)/counted", counting)
            #expect(try await findings(whole) == [])
            let points = counting.targetCalls
            #expect(points.count >= 18, "\(points)")
            for (index, call) in points.enumerated() {
                let path = "\(chroma.parent)/sets"
                let files = FaultyFiles((call, fault))
                let point = "\(fault) at call \(index + 1) of \(points.count)"
                // A short write is of a call that writes bytes; what is short is written on, where there is room.
                do {
                    let set = try await backUp(chroma, to: path, files)
                    #expect(fault == .shortWrite, "\(point)")
                    #expect(set.metadata.status == .complete)
                } catch {
                    #expect(files.wasHit, "\(point): \(error)")
                }
                let contents = try BackupFolder(path).contents()
                #expect(contents.unreadable == [], "\(point)")
                for set in contents.sets { #expect(try await findings(set) == [], "\(point)") }
                if index % 5 == 0 {
                    let next = try await backUp(chroma, to: path)
                    #expect(try await findings(next) == [], "\(point)")
                    #expect(try BackupFolder(path).contents().unfinished == [], "\(point)")
                }
                try FileManager.default.removeItem(atPath: path)
            }
            print("crash points of ChromaDB, \(fault): \(points.count)")
        }
    }
}
