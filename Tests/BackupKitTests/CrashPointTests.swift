// SPDX-License-Identifier: Apache-2.0

import BackupKit
import BackupTestSupport
import Foundation
import MigrationCore
import Testing

@Suite("A run that is cut off at any call of the file system")
struct CrashPointTests {
    private static let targets: [any BackupTarget] = [
        ScriptedTarget.postgres, ScriptedTarget.chroma, ScriptedTarget.redis,
    ]

    /// What has to hold afterwards, whatever went wrong.
    private func expectOrder(_ path: String, _ point: String) async throws {
        let folder = BackupFolder(path)
        let after = try folder.contents()
        #expect(after.unreadable == [], "\(point)")
        for set in after.sets {
            let findings = try await set.storedFindings()
            #expect(findings == [], "\(point)")
        }
        // The first set was there before, and stays.
        #expect(after.sets.first?.name.description == "backup_20250915_000000", "\(point)")
        // The next run needs no help, and leaves nothing of the one before.
        let next = try await folder.backUp(Self.targets, at: "20250917_000000")
        #expect(next.metadata.status == .complete)
        let cleaned = try folder.contents()
        #expect(cleaned.unfinished == [], "\(point)")
        #expect(try await next.storedFindings() == [], "\(point)")
    }

    /// Runs once for each call that a run makes; the order of calls differs from run to run, their number hardly.
    @Test("No listed set is ever damaged, and the next run succeeds", arguments: FaultyFiles.Fault.allCases)
    private func every(fault: FaultyFiles.Fault) async throws {
        let total = try await TemporaryFolder.with { path in
            try await BackupFolder(path).backUp(Self.targets, at: "20250915_000000")
            let files = FaultyFiles()
            try await BackupFolder(path, files: files).backUp(Self.targets)
            return files.calls
        }
        #expect(total > 60)
        var hit = 0
        var published = 0
        var partial = 0
        for call in 1...total {
            try await TemporaryFolder.with { path in
                try await BackupFolder(path).backUp(Self.targets, at: "20250915_000000")
                let files = FaultyFiles((call, fault))
                var failure: (any Error)?
                var set: BackupSet?
                do {
                    set = try await BackupFolder(path, files: files).backUp(Self.targets)
                } catch {
                    failure = error
                }
                if set != nil { published += 1 }
                if set?.metadata.status == .partial { partial += 1 }
                let point = "\(fault) at call \(call) of \(total)"
                if files.wasHit { hit += 1 }
                // Whoever was told that it failed finds no set: but for a dead process, whose last words nobody heard.
                if fault == .noSpace || fault == .inputOutput || fault == .shortWrite, failure != nil {
                    #expect(
                        try BackupFolder(path).contents().sets.count == 1, "\(point): \(String(describing: failure))")
                }
                try await expectOrder(path, point)
            }
        }
        // What targets do at the same time can make a call more or less.
        #expect(hit > total - 10)
        print(
            "crash points, \(fault): \(hit) of \(total) hit; a set was published at \(published) of them, \(partial) partial"
        )
    }
}
