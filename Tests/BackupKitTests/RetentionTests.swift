// SPDX-License-Identifier: Apache-2.0

import BackupKit
import BackupTestSupport
import Foundation
import MigrationCore
import Testing

@Suite("Retention")
struct RetentionTests {
    private func set(
        _ time: String, complete: Bool = true, stores: Set<StoreName> = [.postgres, .redis],
        verified: VerificationLevel? = nil, limitations: [String] = [], damaged: Bool = false
    ) throws -> RetentionCandidate {
        RetentionCandidate(
            name: try #require(SetName("backup_\(time)")), isComplete: complete, stores: stores, verified: verified,
            limitations: limitations, isDamaged: damaged)
    }

    private func kept(_ decisions: [RetentionDecision]) -> [String] {
        decisions.filter(\.isKept).map(\.name.timestamp)
    }

    private let done = LastRun(outcome: .complete, startedAt: "2025-09-16T12:00:00Z")

    @Test("The newest of each of the last days, weeks, months, years that have one")
    func periods() throws {
        let times = [
            "20230105_100000", "20231231_235959", "20240101_000000", "20250831_120000", "20250907_235959",
            "20250908_000000", "20250914_100000", "20250915_010000", "20250916_010000", "20250916_020000",
        ]
        let sets = try times.map { try set($0) }
        func kept(_ policy: RetentionPolicy) -> [String] { self.kept(policy.decisions(for: sets, lastRun: done)) }
        #expect(kept(.init(last: 3)) == ["20250916_020000", "20250916_010000", "20250915_010000"])
        #expect(kept(.init(daily: 3)) == ["20250916_020000", "20250915_010000", "20250914_100000"])
        // Weeks begin on Mondays: 15 September 2025 is one, 8 September another.
        #expect(kept(.init(weekly: 3)) == ["20250916_020000", "20250914_100000", "20250907_235959"])
        #expect(kept(.init(monthly: 3)) == ["20250916_020000", "20250831_120000", "20240101_000000"])
        #expect(kept(.init(yearly: 9)) == ["20250916_020000", "20240101_000000", "20231231_235959"])
        #expect(kept(.init(last: 1, yearly: 2)) == ["20250916_020000", "20240101_000000"])
    }

    @Test("Each reason is told")
    func reasons() throws {
        let sets = [try set("20250915_010000", verified: .readable), try set("20250916_010000")]
        let decisions = RetentionPolicy(last: 1, daily: 2).decisions(for: sets, lastRun: done)
        #expect(
            decisions.map(\.reasons) == [
                ["newest complete set", "last 1 of 1", "day 1 of 2"], ["newest verified set (readable)", "day 2 of 2"],
            ])
    }

    @Test("The newest complete and the newest verified set stay, whatever the rules say")
    func floor() throws {
        let sets = [
            try set("20250901_000000", verified: .restored), try set("20250902_000000"), try set("20250903_000000"),
            try set("20250904_000000", complete: false),
        ]
        // The partial set is the newest: its run did not save everything, so nothing goes.
        #expect(kept(RetentionPolicy(last: 1).decisions(for: sets, lastRun: done)).count == 4)
        let withoutPartial = Array(sets.dropLast())
        #expect(
            kept(RetentionPolicy(last: 1).decisions(for: withoutPartial, lastRun: done)) == [
                "20250903_000000", "20250901_000000",
            ])
    }

    @Test("Of each level of proof the newest stays")
    func levels() throws {
        let sets = [
            try set("20250901_000000", verified: .restored), try set("20250902_000000", verified: .restored),
            try set("20250903_000000", verified: .stored), try set("20250904_000000", verified: .stored),
            try set("20250905_000000"),
        ]
        #expect(
            kept(RetentionPolicy(last: 1).decisions(for: sets, lastRun: done)) == [
                "20250905_000000", "20250904_000000", "20250902_000000",
            ])
    }

    @Test("A proof that could not compare everything takes the place of none that could")
    func limited() throws {
        let sets = [
            try set("20250901_000000", verified: .restored), try set("20250902_000000", verified: .restored),
            try set("20250903_000000", verified: .restored, limitations: ["without ChromaDB"]),
            try set("20250904_000000", verified: .restored, limitations: ["without ChromaDB"]),
            try set("20250905_000000"),
        ]
        let decisions = RetentionPolicy(last: 1).decisions(for: sets, lastRun: done)
        #expect(kept(decisions) == ["20250905_000000", "20250904_000000", "20250902_000000"])
        #expect(decisions[1].reasons == ["newest verified set (restored, without ChromaDB)"])
        #expect(decisions[3].reasons == ["newest verified set (restored)"])
    }

    @Test("A set takes the place of no set that has other stores")
    func stores() throws {
        let sets = [
            try set("20250901_000000"), try set("20250902_000000"), try set("20250903_000000", stores: [.redis]),
            try set("20250904_000000", stores: [.redis]),
        ]
        let decisions = RetentionPolicy(last: 1).decisions(for: sets, lastRun: done)
        #expect(kept(decisions) == ["20250904_000000", "20250902_000000"])
        #expect(
            decisions.first { $0.name.timestamp == "20250902_000000" }?.reasons == [
                "newest complete set of postgres and redis", "last 1 of 1 of postgres and redis",
            ])
    }

    @Test("A partial set stays while it is the newest that passed a proof, or the newest of its stores")
    func partialOnes() throws {
        let verified = [
            try set("20250902_000000", complete: false, stores: [.postgres], verified: .restored),
            try set("20250903_000000", stores: [.postgres, .redis]),
            try set("20250904_000000", stores: [.postgres, .redis]),
        ]
        #expect(
            kept(RetentionPolicy(last: 1).decisions(for: verified, lastRun: done)) == [
                "20250904_000000", "20250902_000000",
            ])
        let unverified = [
            try set("20250901_000000"), try set("20250902_000000", complete: false, stores: [.postgres]),
            try set("20250903_000000", stores: [.redis]),
        ]
        #expect(
            kept(RetentionPolicy(last: 1).decisions(for: unverified, lastRun: done)) == [
                "20250903_000000", "20250902_000000", "20250901_000000",
            ])
    }

    @Test("A damaged set counts for nothing, and while it is the newest nothing goes")
    func damaged() throws {
        var sets = [
            try set("20250901_000000"), try set("20250902_000000"), try set("20250903_000000", damaged: true),
        ]
        let all = RetentionPolicy(last: 1).decisions(for: sets, lastRun: done)
        #expect(all.allSatisfy { $0.reasons.contains("the newest set is damaged") })
        sets.append(try set("20250904_000000"))
        #expect(
            kept(RetentionPolicy(last: 2).decisions(for: sets, lastRun: done)) == [
                "20250904_000000", "20250902_000000",
            ])
    }

    @Test("While the newest set cannot be read, nothing goes")
    func unreadable() throws {
        let sets = [try set("20250901_000000"), try set("20250903_000000")]
        let older = try #require(SetName("backup_20250902_000000"))
        let newer = try #require(SetName("backup_20250904_000000"))
        let policy = RetentionPolicy(last: 1)
        #expect(kept(policy.decisions(for: sets, unreadable: [older], lastRun: done)) == ["20250903_000000"])
        #expect(kept(policy.decisions(for: sets, unreadable: [newer], lastRun: done)).count == 2)
    }

    @Test("While the newest run failed, nothing goes", arguments: [LastRun.Outcome.failed, .unfinished, .partial])
    func failed(outcome: LastRun.Outcome) throws {
        let sets = try (1...9).map { try set("2025090\($0)_000000") }
        let run = LastRun(outcome: outcome, startedAt: "2025-09-16T12:00:00Z")
        #expect(kept(RetentionPolicy(last: 1).decisions(for: sets, lastRun: run)).count == 9)
    }

    @Test("Sets go from the folder, and only those; a partial one goes when a complete one is newer")
    func prune() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            try await folder.backUp(at: "20250901_000000")
            var broken = ScriptedTarget.redis
            broken.artifacts = [.fails(BackupKitError(.store, "no"))]
            try await folder.backUp([ScriptedTarget.postgres, broken], at: "20250902_000000")
            try await folder.backUp(at: "20250903_000000")
            try await folder.backUp(at: "20250904_000000")
            try Data().write(to: URL(fileURLWithPath: "\(path)/notes.txt"))
            let pruner = BackupPruner(folder: folder, policy: .init(last: 1))
            let plan = try pruner.decisions()
            #expect(try folder.contents().sets.count == 4)
            let decisions = try await pruner.prune()
            #expect(decisions == plan)
            #expect(try folder.visible == ["backup_20250904_000000", "notes.txt"])
        }
    }

    @Test("After a run that failed nothing goes from the folder")
    func afterFailure() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            try await folder.backUp(at: "20250901_000000")
            try await folder.backUp(at: "20250902_000000")
            var broken = ScriptedTarget.redis
            broken.artifacts = [.fails(BackupKitError(.store, "no"))]
            let targets = [broken]
            await #expect(throws: BackupRunError.self) { try await folder.backUp(targets, at: "20250903_000000") }
            let decisions = try await BackupPruner(folder: folder, policy: .init(last: 1)).prune()
            #expect(decisions.allSatisfy { $0.reasons.contains("the newest run failed") })
            #expect(try folder.contents().sets.count == 2)
        }
    }

    @Test("A run that had nothing to save is one that failed; where no sets are it leaves nothing")
    func afterNothing() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            for day in 1...2 { try await folder.backUp(at: "2025090\(day)_000000") }
            let wrong: [[ScriptedTarget]] = [[], [.redis, .redis]]
            for targets in wrong {
                await #expect(throws: BackupKitError.self) { try await folder.backUp(targets, at: "20250903_000000") }
                let decisions = try await BackupPruner(folder: folder, policy: .init(last: 1)).prune()
                #expect(decisions.count == 2)
                #expect(decisions.allSatisfy { $0.reasons.contains("the newest run failed") })
                // The next one that ends well takes that back.
                try await folder.backUp(at: "20250903_000000")
                _ = try await BackupPruner(folder: folder, policy: .init(last: 2)).prune()
                #expect(try folder.contents().sets.count == 2)
            }
            let elsewhere = BackupFolder("\(path)/elsewhere")
            await #expect(throws: BackupKitError.self) { try await elsewhere.backUp([], at: "20250903_000000") }
            #expect(try folder.visible.contains("elsewhere") == false)
        }
    }

    @Test("A run for which there was no room at all is one that failed, and a full disk can be pruned otherwise")
    func noRoom() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            for day in 1...3 { try await folder.backUp(at: "2025090\(day)_000000") }
            // The lock says who has it, or does not.
            let full = FaultyFiles((1, .shortWrite))
            let pruner = BackupPruner(folder: BackupFolder(path, files: full), policy: .init(last: 2))
            #expect(try await pruner.prune().filter(\.isKept).count == 2)
            let files = FaultyFiles((1, .shortWrite))
            await #expect(throws: FileSystemError.self) { try await BackupFolder(path, files: files).backUp() }
            let decisions = try BackupPruner(folder: folder, policy: .init(last: 1)).decisions()
            #expect(decisions.count == 2)
            #expect(decisions.allSatisfy { $0.reasons.contains("the newest run has not ended, or was killed") })
        }
    }

    @Test("A policy without a rule is an error, and removes nothing")
    func empty() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            try await folder.backUp()
            let error = await #expect(throws: BackupKitError.self) {
                try await BackupPruner(folder: folder, policy: .init()).prune()
            }
            #expect(error?.category == .configuration)
            #expect(try folder.contents().sets.count == 1)
        }
    }

    @Test("Pruning that is cut off anywhere leaves whole sets, and the next run cleans up")
    func cutOff() async throws {
        func filled(_ path: String) async throws {
            for day in 1...3 { try await BackupFolder(path).backUp(at: "2025090\(day)_000000") }
        }
        let total = try await TemporaryFolder.with { path in
            try await filled(path)
            let files = FaultyFiles()
            _ = try await BackupPruner(folder: BackupFolder(path, files: files), policy: .init(last: 1)).prune()
            return files.calls
        }
        for call in 1...total {
            try await TemporaryFolder.with { path in
                try await filled(path)
                let files = FaultyFiles((call, .kill))
                _ = try? await BackupPruner(folder: BackupFolder(path, files: files), policy: .init(last: 1)).prune()
                let folder = BackupFolder(path)
                for set in try folder.contents().sets {
                    let findings = try await set.storedFindings()
                    #expect(findings == [], "call \(call) of \(total)")
                }
                #expect(try folder.contents().unreadable == [], "call \(call) of \(total)")
                try await folder.backUp(at: "20250904_000000")
                #expect(try folder.contents().unfinished == [])
            }
        }
        print("crash points of pruning: \(total)")
        #expect(total > 20)
    }
}

@Suite("Names and times of sets")
struct SetNameTests {
    @Test(arguments: [
        ("backup_20250916_123000", true), ("backup_20250916_123000_2", true), ("backup_20240229_000000", true),
        ("backup_20250229_000000", false), ("backup_20250916_123000_1", false), ("backup_20250916_123000_02", false),
        ("backup_20250916_246000", false), ("backup_2025916_123000", false), ("backup_20250916", false),
        ("Backup_20250916_123000", false), ("backup_20250916_123000_", false), ("backup_20250916_123000_2_2", false),
        (".backup_20250916_123000.partial", false), ("backup_２0250916_123000", false),
    ])
    func names(text: String, isName: Bool) {
        #expect((SetName(text) != nil) == isName)
        if isName { #expect(SetName(text)?.description == text) }
    }

    @Test("They sort by time, then by number")
    func order() throws {
        let names = try [
            "backup_20250916_123000_10", "backup_20250916_123000_9", "backup_20250916_123000", "backup_20250916_122959",
        ]
        .map { try #require(SetName($0)) }
        #expect(names.sorted().map(\.description) == names.reversed().map(\.description))
    }

    @Test("Days are those of Foundation's calendar, for 400 years")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: 0, to: 400 * 366, by: 7) {
            let seconds = Int64(day) * 86400 + 3723
            let time = CalendarTime(secondsSinceEpoch: seconds)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
            #expect([time.year, time.month, time.day] == [parts.year, parts.month, parts.day])
            #expect(
                CalendarTime(year: time.year, month: time.month, day: time.day, hour: 1, minute: 2, second: 3) == time)
        }
        #expect(CalendarTime(secondsSinceEpoch: 1_758_025_800).description == "2025-09-16T12:30:00Z")
    }
}
