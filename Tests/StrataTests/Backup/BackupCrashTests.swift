// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import Testing

@Suite("strata backup, cut off", .timeLimit(.minutes(15)))
struct BackupCrashTests {
    /// How many kills: 20, unless a longer search is asked for with the variable `STRATA_TEST_KILLS`.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["STRATA_TEST_KILLS"].flatMap { Int($0) } ?? 20
    }

    @Test("SIGKILL at whatever moment: no listed set is damaged, and the next run succeeds without help")
    func killed() async throws {
        try await BackupStage.with { stage in
            let start = ContinuousClock.now
            _ = try await stage.backUp()
            let duration = ContinuousClock.now - start
            let kills = Self.kills
            var numbers = SeededNumbers(seed: 20_250_917)
            var hit = 0
            for index in 0..<kills {
                // One moment in each of as many equal parts of a run.
                let part = (Double(index) + Double.random(in: 0..<1, using: &numbers)) / Double(kills)
                let outcome = try await stage.strata("backup") { run in
                    try await Task.sleep(for: duration * part)
                    run.kill()
                }
                if outcome.status == Outcome.killed { hit += 1 }
                try await stage.expectWholeSets("killed after \(part) of \(duration)")
            }
            let next = try await stage.strata("backup")
            next.expect(0)
            #expect(stage.names.allSatisfy { $0.hasPrefix("backup_") }, "\(stage.names)")
            try await stage.expectWholeSets("afterwards")
            try await stage.stage.wait(
                until:
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND datname = current_database()",
                is: "0")
            print("backups that were killed: \(hit) of \(kills) before their end")
            #expect(hit > 0)
        }
    }

    @Test("A full disk, with room for more and more of the set: nothing is published before all of it has room")
    func full() async throws {
        try await BackupStage.with { stage in
            // Rows that hardly compress, so that the dump has a size.
            _ = try await stage.stage.query(
                "CREATE TABLE noise AS SELECT sha512(n::text::bytea) FROM generate_series(1, 12000) n")
            let disk = "\(stage.scratch.path)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
            let mounted = try await Program.system("mount").run(
                ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], in: stage.scratch)
            guard mounted.status == 0 else {
                Issue.record("this test needs the right to mount a file system: \(mounted)")
                return
            }
            do {
                try await Self.fill(disk, stage)
            } catch {
                _ = try await Program.system("umount").run(["-l", disk], in: stage.scratch)
                throw error
            }
            _ = try await Program.system("umount").run(["-l", disk], in: stage.scratch)
        }
    }

    private static func fill(_ disk: String, _ stage: BackupStage) async throws {
        let folder = "\(disk)/sets"
        var failed = 0
        // The smallest first set leaves room for nothing; each step leaves a little more.
        for kilobytes in stride(from: 0, through: 1900, by: 190) {
            try Data(count: (1950 - kilobytes) << 10).write(to: URL(fileURLWithPath: "\(disk)/ballast"))
            let outcome = try await stage.strata("backup", "--backup-dir", folder)
            let contents = try BackupFolder(folder).contents()
            #expect(contents.unreadable.isEmpty)
            for set in contents.sets {
                let report = try await SetVerifier(verifiers: [], strataVersion: "test").verify(set, upTo: .stored)
                #expect(!report.isDamaged, "\(kilobytes) kB: \(report)")
            }
            if outcome.status == 0 {
                #expect(contents.sets.last?.metadata.status == .complete)
            } else {
                failed += 1
                outcome.expect(1, saying: "No space left on device")
                #expect(contents.sets.allSatisfy { $0.metadata.status == .partial }, "\(outcome)")
            }
            // What is there takes the room of the next try.
            for set in contents.sets { try FileManager.default.removeItem(atPath: set.folder) }
            try FileManager.default.removeItem(atPath: "\(disk)/ballast")
        }
        print("disks that were too small: \(failed)")
        #expect(failed > 2)
        try await stage.strata("backup", "--backup-dir", folder).requireStatus(0)
    }
}
