// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import TestSupport
import Testing

@Suite("strata backup, cut off", .timeLimit(.minutes(60)))
struct BackupCrashTests {
    /// How many kills: 20, unless a longer search is asked for with the variable `STRATA_TEST_KILLS`.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["STRATA_TEST_KILLS"].flatMap { Int($0) } ?? 20
    }

    @Test("SIGKILL at whatever moment: every listed set can be read to its end, and the next run succeeds without help")
    func killed() async throws {
        try await BackupStage.with(withChroma: true) { stage in
            var read: Set<String> = []
            let start = ContinuousClock.now
            _ = try await stage.backUp()
            let duration = ContinuousClock.now - start
            let kills = Self.kills
            var numbers = SeededNumbers(seed: 20_250_917)
            var hit = 0
            // The last one that was there although its run did not come to its end.
            var published: String?
            for index in 0..<kills {
                // One moment in each of as many equal parts of a run.
                let part = (Double(index) + Double.random(in: 0..<1, using: &numbers)) / Double(kills)
                let outcome = try await stage.strata("backup") { run in
                    try await Task.sleep(for: duration * part)
                    run.kill()
                }
                if outcome.status == Outcome.killed {
                    hit += 1
                    if let last = stage.names.last, last.hasPrefix("backup_"),
                        !read.contains("\(stage.backups)/\(last)")
                    {
                        published = last
                    }
                }
                try await stage.expectWholeSets("killed after \(part) of \(duration)", read: &read)
            }
            let next = try await stage.strata("backup")
            next.expect(0)
            #expect(stage.names.allSatisfy { $0.hasPrefix("backup_") }, "\(stage.names)")
            try await stage.expectWholeSets("afterwards", read: &read)
            for set in Set([published, "latest"].compactMap(\.self)) { try await stage.expectRestorable(set) }
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
        try await BackupStage.with(withChroma: true) { stage in
            // Rows that hardly compress, so that the dump has a size.
            _ = try await stage.stage.query(
                "CREATE TABLE noise AS SELECT sha512(n::text::bytea) FROM generate_series(1, 12000) n")
            try await SmallDisk.with(megabytes: 3) { disk in try await Self.fill(disk, stage) }
        }
    }

    private static func fill(_ disk: SmallDisk, _ stage: BackupStage) async throws {
        let folder = "\(disk.folder)/sets"
        var (failed, partial) = (0, 0)
        // The first time there is room for nothing; each step leaves a little more.
        for kilobytes in stride(from: 0, through: 2600, by: 200) {
            try disk.fill(leavingKilobytes: kilobytes)
            let outcome = try await stage.strata("backup", "--backup-dir", folder)
            let contents = try BackupFolder(folder).contents()
            if outcome.status == 0 {
                #expect(contents.sets.last?.metadata.status == .complete)
            } else {
                failed += 1
                partial += contents.sets.count
                outcome.expect(1, saying: "No space left on device")
                #expect(contents.sets.allSatisfy { $0.metadata.status == .partial }, "\(outcome)")
            }
            // Reading needs no room.
            var read: Set<String> = []
            try await stage.expectWholeSets("\(kilobytes) kB", in: folder, read: &read)
            // What is there takes the room of the next try.
            for set in contents.sets { try FileManager.default.removeItem(atPath: set.folder) }
        }
        print("disks that were too small: \(failed), with a partial set on \(partial)")
        #expect(failed > 2)
        try disk.makeRoom()
        try await stage.strata("backup", "--backup-dir", folder).requireStatus(0)
        try await stage.expectRestorable("\(folder)/\(try BackupFolder(folder).set("latest").name)")
    }
}
