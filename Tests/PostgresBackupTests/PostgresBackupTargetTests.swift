// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

@Suite struct PostgresBackupTargetTests {
    @Test func `a dump holds everything, and so does the folder of several jobs`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            let expected = try await database.plainDump()
            for jobs in [1, 2] {
                try await FolderDestination.with { destination in
                    let snapshot = try await save(database, to: destination, .init(digest: true, jobs: jobs))
                    #expect(snapshot.schemaVersions.map(\.description) == ["billing:3", "core:10"])
                    #expect(snapshot.details["format"] == (jobs == 1 ? "custom" : "directory"))
                    try await TestDatabase.with { copy in
                        let restored = try await copy.server.run(
                            tool: "pg_restore",
                            [
                                "--exit-on-error", "-d", copy.name,
                                "\(destination.folder)/postgres_\(database.name).dump",
                            ])
                        #expect(restored.succeeded, "\(restored.errorText)")
                        let restoredDump = try await copy.plainDump()
                        #expect(restoredDump == expected, "\(difference(expected, restoredDump))")
                    }
                }
            }
        }
    }

    @Test func `dump and digests are of one instant while others write`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE t (a integer, b text); INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i"
            )
            let writes = Mutex(0)
            let writer = Task {
                while !Task.isCancelled {
                    let isDone = try? await database.query(
                        "INSERT INTO t SELECT 0, 'new' FROM generate_series(1, 50); UPDATE t SET a = a + 1 WHERE a < 20"
                    )
                    if isDone != nil { writes.withLock { $0 += 1 } }
                }
            }
            defer { writer.cancel() }
            #expect(try await eventually { writes.withLock { $0 > 0 } })
            // The writer is at work meanwhile, or the test shows nothing.
            let isShown = try await eventually {
                try await FolderDestination.with { destination in
                    let before = writes.withLock(\.self)
                    let snapshot = try await save(database, to: destination, .init(digest: true))
                    guard writes.withLock(\.self) > before else { return false }
                    writer.cancel()
                    await writer.value
                    try await requireRestorable(database, destination, snapshot)
                    return true
                }
            }
            #expect(isShown)
        }
    }

    /// Whether a dump is restored to what its digests say.
    private func requireRestorable(
        _ database: TestDatabase, _ destination: FolderDestination, _ snapshot: StoreSnapshot
    ) async throws {
        try await TestDatabase.with { copy in
            let restored = try await copy.server.run(
                tool: "pg_restore",
                ["--exit-on-error", "-d", copy.name, "\(destination.folder)/postgres_\(database.name).dump"])
            #expect(restored.succeeded)
            try await FolderDestination.with { second in
                let again = try await save(copy, to: second, .init(digest: true))
                #expect(again.details["digests"] == snapshot.details["digests"])
                #expect(again.details["digests"] != nil)
            }
        }
    }

    @Test func `progress counts tables and bytes`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            let events = Mutex<[BackupProgress]>([])
            try await FolderDestination.with { destination in
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: TestLauncher(),
                    options: .init(programs: database.server.binaries.folder))
                _ = try await target.backUp(to: destination) { event in
                    if case .progress(let progress) = event { events.withLock { $0.append(progress) } }
                }
            }
            let told = events.withLock(\.self)
            #expect(told.contains { $0.object == #"Zweites Schema.Ünï "code" Tab"# })
            #expect(told.map(\.bytes) == told.map(\.bytes).sorted())
            #expect(told.allSatisfy { $0.bytes <= $0.totalBytes ?? 0 && !$0.isExact })
            #expect(told.last?.objects?.total == told.count)
        }
    }
}

/// Saves a database with a launcher of its own.
@discardableResult
func save(
    _ database: TestDatabase, to destination: FolderDestination, _ options: PostgresBackupTarget.Options = .init(),
    launcher: TestLauncher = TestLauncher()
) async throws -> StoreSnapshot {
    var options = options
    options.programs = options.programs ?? database.server.binaries.folder
    return try await PostgresBackupTarget(database.configuration(), launcher: launcher, options: options)
        .backUp(to: destination) { _ in }
}
