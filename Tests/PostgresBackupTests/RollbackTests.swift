// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// A set of PostgreSQL and of another store, whose replacement fails when PostgreSQL's has taken its place.
@Suite(.timeLimit(.minutes(60))) struct RollbackTests {
    @Test func `when another store cannot be replaced the database is what it was`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.query("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
            try await FolderDestination.with { destination in
                let folder = BackupFolder("\(destination.folder)/sets")
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: TestLauncher(),
                    options: .init(programs: database.server.binaries.folder, digest: true))
                let set = try await BackupRunner(
                    folder: folder, targets: [target, OtherStore()], options: .init(strataVersion: "test")
                ).run()
                try await database.query("UPDATE t SET a = 2")
                let postgres = PostgresRestoreTarget(
                    database.configuration(), launcher: TestLauncher(), programs: database.server.binaries.folder)
                let restorer = SetRestorer(targets: [postgres, OtherStore()])
                let error = await #expect(throws: RestoreError.self) { try await restorer.restore(set) }
                #expect(error?.store == .redis)
                #expect(error?.undone == [.postgres], "\(String(describing: error))")
                #expect(try await database.query("SELECT a FROM t") == ["2"])
                let names = try await database.query(
                    "SELECT datname FROM pg_database WHERE datname LIKE '\(database.name)%' ORDER BY datname")
                #expect(names == [database.name, "\(database.name)_undone_\(set.name)"])
            }
        }
    }
}

/// A store that can be saved, and not be brought back.
private struct OtherStore: BackupTarget, RestoreTarget {
    struct Session: RestoreSession {
        let steps: [String] = []
        let notices: [String] = []

        func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {}
        func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
            throw BackupKitError(.store, "it went away")
        }
        func discard() async {}
    }

    let store = StoreName.redis
    let address = "elsewhere"

    func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        let file = try await destination.makeFile("redis/dump.rdb")
        try await file.write([1])
        try await file.finish()
        return StoreSnapshot()
    }

    func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> Session { Session() }

    func undoState(set: String) async throws -> UndoState { .nothing(reason: "nothing was restored") }

    func undo(set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        throw BackupKitError(.refused, "nothing was restored")
    }
}
