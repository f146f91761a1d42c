// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing

@Suite("SetRestorer")
struct SetRestorerTests {
    private let record = Record()

    private func targets(
        _ stores: [StoreName] = [.redis, .postgres], failing: [StoreName: ScriptedRestore.Failing] = [:]
    ) -> [any RestoreTarget] {
        stores.map { ScriptedRestore(store: $0, record: record, failing: failing[$0]) }
    }

    private func restored(
        _ targets: [any RestoreTarget], _ options: SetRestorer.Options = .init(),
        body: (SetRestorer, BackupSet) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let set = try await BackupFolder(path).backUp()
            try await body(SetRestorer(targets: targets, options: options), set)
        }
    }

    @Test("Nothing is swapped before everything is prepared")
    func order() async throws {
        try await restored(targets()) { restorer, set in
            let results = try await restorer.restore(set)
            #expect(results.map(\.store) == [.postgres, .redis])
            #expect(results[0].sentences == ["postgres there has backup_20250916_123000"])
            let events = record.all
            #expect(events.prefix(2) == ["open postgres", "open redis"])
            #expect(events.dropFirst(2).prefix(2).sorted() == ["prepare postgres", "prepare redis"])
            #expect(events.suffix(4) == ["swap postgres", "swap redis", "discard postgres", "discard redis"])
        }
    }

    @Test("A plan changes nothing")
    func plan() async throws {
        try await restored(targets([.postgres])) { restorer, set in
            let plans = try await restorer.plan(set)
            #expect(plans.map(\.steps) == [["build postgres", "swap postgres"]])
            #expect(plans[0].notices == ["postgres is old"])
            #expect(record.all == ["open postgres", "discard postgres"])
        }
    }

    @Test("When one cannot be prepared, none is swapped")
    func prepare() async throws {
        try await restored(targets(failing: [.redis: .prepare])) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(
                error?.description
                    == "redis could not be restored: redis does not prepare\nAll stores are as they were.")
            #expect(!record.all.contains { $0.hasPrefix("swap") })
            #expect(record.all.suffix(2) == ["discard postgres", "discard redis"])
        }
    }

    @Test("When one cannot be swapped, those before it are put back")
    func swap() async throws {
        try await restored(targets(failing: [.redis: .swap])) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(
                error?.description == """
                    redis could not be restored: redis does not swap
                    postgres had been, and what was there before is back.
                    All other stores are as they were.
                    """)
            #expect(
                record.all.suffix(6) == [
                    // What a session holds may be what its undoing needs.
                    "swap postgres", "swap redis", "discard postgres", "undo postgres", "discard postgres",
                    "discard redis",
                ])
        }
    }

    @Test("A store that is replaced and has it not on its disk yet takes none of the others back")
    func volatile() async throws {
        var redis = ScriptedRestore(store: .redis, record: record, failing: .swap)
        redis.category = .volatile
        let stores: [any RestoreTarget] = [ScriptedRestore(store: .postgres, record: record), redis]
        try await restored(stores) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(error?.changed == [.postgres, .redis])
            #expect(error?.description.hasPrefix("redis is restored, but not safe yet: redis does not swap\n") == true)
            #expect(record.all.suffix(3) == ["swap redis", "discard postgres", "discard redis"])
        }
    }

    @Test("When that fails too, it is said how to get back")
    func swapAndUndo() async throws {
        let stores: [any RestoreTarget] = [
            ScriptedRestore(store: .postgres, record: record, failing: .undo),
            ScriptedRestore(store: .redis, record: record, failing: .swap),
        ]
        try await restored(stores) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(
                error?.description == """
                    redis could not be restored: redis does not swap
                    postgres had been, and still is: strata restore --undo brings back what was there before.
                    """)
        }
    }

    @Test("A session that can take its swap back is asked first")
    func revert() async throws {
        let stores: [any RestoreTarget] = [
            ScriptedRestore(store: .postgres, record: record, reverts: true),
            ScriptedRestore(store: .redis, record: record, failing: .swap),
        ]
        try await restored(stores) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(error?.undone == [.postgres])
            #expect(record.all.suffix(4) == ["swap redis", "revert postgres", "discard postgres", "discard redis"])
        }
    }

    @Test("Where the outcome of a swap is not known, it is not said that the store is as it was")
    func uncertain() async throws {
        let store = ScriptedRestore(store: .postgres, record: record, failing: .swap, category: .uncertain)
        try await restored([store]) { restorer, set in
            let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
            #expect(
                error?.description == """
                    postgres could not be restored: postgres does not swap
                    All other stores are as they were.
                    """)
        }
    }

    @Test("A set that is damaged reaches no store")
    func damaged() async throws {
        try await restored(targets()) { restorer, set in
            try Data([1]).write(to: URL(fileURLWithPath: "\(set.folder)/redis/dump.rdb"))
            let error = await #expect(throws: BackupKitError.self) { try await restorer.restore(set) }
            #expect(error?.category == .damaged)
            #expect(
                error?.description.hasPrefix(
                    "backup_20250916_123000 is damaged, so nothing of it is restored\nredis/dump.rdb has 1 bytes, 9")
                    == true)
            #expect(record.all == [])
        }
    }

    @Test(
        "A set that is newer than the files at hand is refused; an older one is not",
        arguments: [11, 12, 13] as [UInt64])
    func versions(newest: UInt64) async throws {
        var options = SetRestorer.Options()
        options.knownVersions = [MigrationID(component: .core, version: MigrationVersion(newest))]
        try await restored(targets(), options) { restorer, set in
            guard newest < 12 else {
                _ = try await restorer.restore(set)
                return
            }
            let error = await #expect(throws: BackupKitError.self) { try await restorer.restore(set) }
            #expect(error?.category == .disagreement)
            #expect(
                error?.description.hasPrefix(
                    "backup_20250916_123000 is newer than the migrations at hand: it has core:12, and these end at 11")
                    == true)
            #expect(record.all == [])
        }
    }

    @Test("Only what is restored has to be known")
    func versionsOfOthers() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            var redis = ScriptedTarget.redis
            redis.snapshot.schemaVersions = []
            let set = try await BackupFolder(path).backUp([ScriptedTarget.postgres, redis])
            var options = SetRestorer.Options()
            options.knownVersions = []
            _ = try await SetRestorer(targets: targets([.redis]), options: options).restore(set)
            await #expect(throws: BackupKitError.self) {
                try await SetRestorer(targets: targets([.postgres]), options: options).restore(set)
            }
        }
    }

    @Test("What a partial set lacks is said")
    func partial() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            var broken = ScriptedTarget.postgres
            broken.artifacts = [.fails(BackupKitError(.store, "no"))]
            let set = try await BackupFolder(path).backUp([broken, ScriptedTarget.redis])
            let notices = Record()
            let restorer = SetRestorer(targets: targets([.redis])) { event in
                if case .notice(let text) = event { notices.note(text) }
            }
            _ = try await restorer.restore(set)
            #expect(
                notices.all == [
                    "backup_20250916_123000 is partial: postgres could not be saved then, and stays as it is now"
                ])
        }
    }

    @Test("A store that the set does not have is refused")
    func missingStore() async throws {
        try await restored(targets([.neo4j])) { restorer, set in
            let error = await #expect(throws: BackupKitError.self) { try await restorer.restore(set) }
            #expect(error?.description == "backup_20250916_123000 has nothing of neo4j")
        }
    }

    @Test("Undoing leaves out the stores into which the set was not restored; when there are no others it fails")
    func undo() async throws {
        var redis = ScriptedRestore(store: .redis, record: record)
        redis.hasNothingToUndo = true
        let postgres = ScriptedRestore(store: .postgres, record: record)
        let results = try await SetRestorer(targets: [redis, postgres]).undo(set: "backup_20250916_123000")
        #expect(results.map(\.sentences) == [["postgres is as it was"]])
        let only = redis
        let error = await #expect(throws: BackupKitError.self) {
            try await SetRestorer(targets: [only]).undo(set: "backup_20250916_123000")
        }
        #expect(error?.description == "redis: backup_20250916_123000 was not restored into redis")
    }

    @Test("When one store cannot be undone, none is, whatever its reason is called")
    func undoRefused() async throws {
        for category in [BackupErrorCategory.refused, .busy, .unavailable] {
            let chroma = ScriptedRestore(store: .chroma, record: record)
            var postgres = ScriptedRestore(store: .postgres, record: record, failing: .undoState)
            postgres.category = category
            let redis = ScriptedRestore(store: .redis, record: record, failing: .undoState)
            let restorer = SetRestorer(targets: [redis, postgres, chroma])
            let error = await #expect(throws: RestoreError.self) {
                try await restorer.undo(set: "backup_20250916_123000")
            }
            #expect(error?.category == category)
            #expect(
                error?.description == """
                    postgres cannot be brought back: postgres does not undoState
                    redis cannot be brought back: redis does not undoState
                    No store was changed.
                    hint: remove the cause and try again; strata restore --undo --only STORE,… brings back the others alone.
                    """)
        }
        #expect(!record.all.contains { $0.hasPrefix("undo ") })
    }

    @Test("A store that is undone and has it not on its disk yet leaves none of the others behind")
    func undoVolatile() async throws {
        var chroma = ScriptedRestore(store: .chroma, record: record, failing: .undo)
        chroma.category = .volatile
        let restorer = SetRestorer(targets: [chroma, ScriptedRestore(store: .redis, record: record)])
        let error = await #expect(throws: RestoreError.self) { try await restorer.undo(set: "backup_20250916_123000") }
        #expect(
            error?.description == """
                chroma is brought back, but not safe yet: chroma does not undo
                All stores that were to be undone are as they were before the restore.
                """)
        #expect(record.all.suffix(2) == ["undo chroma", "undo redis"])
    }

    @Test("When undoing fails half-way it is said what was undone")
    func halfUndone() async throws {
        let error = await #expect(throws: RestoreError.self) {
            try await SetRestorer(targets: targets(failing: [.redis: .undo])).undo(set: "backup_20250916_123000")
        }
        #expect(
            error?.description == """
                redis could not be brought back: redis does not undo
                postgres had been, and is as it was before the restore. The same command goes on with the rest.
                """)
    }
}
