// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite(.timeLimit(.minutes(60))) struct PostgresRestoreTargetTests {
    private let set = "backup_20250916_123000"

    private func target(_ database: TestDatabase) -> PostgresRestoreTarget {
        var target = PostgresRestoreTarget(
            database.configuration(), launcher: TestLauncher(), programs: database.server.binaries.folder)
        target.outcomeQuestions = 3600
        return target
    }

    private func properties(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            """
            SELECT datname, datdba, encoding, datcollate, datacl, datconnlimit, shobj_description(d.oid, 'pg_database'),
                (SELECT array_agg(setconfig::text ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
            FROM pg_database d WHERE datname = current_database()
            """)
    }

    @Test func `a restore takes the place of the database, and undo brings that back`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await TestDatabase.execute(
                "DROP ROLE IF EXISTS \"Re der\"; CREATE ROLE \"Re der\"", on: database.server)
            try await database.query(
                """
                GRANT CONNECT ON DATABASE \(database.name) TO "Re der" WITH GRANT OPTION;
                REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC;
                ALTER DATABASE \(database.name) SET search_path = public, "Zweites Schema";
                ALTER DATABASE \(database.name) SET work_mem = '5MB';
                ALTER ROLE "Re der" IN DATABASE \(database.name) SET datestyle = 'German';
                COMMENT ON DATABASE \(database.name) IS 'it''s mine'
                """)
            let before = try await database.plainDump()
            let propertiesBefore = try await properties(database)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)), set: set)
                try await database.query("DROP TABLE twins; DELETE FROM child")
                let changed = try await database.plainDump()
                let session = try await target(database).openSession(part, options: RestoreOptions())
                #expect(session.steps.count == 4)
                try await session.prepare { _ in }
                #expect(try await database.plainDump() == changed)
                let bystander = try await PostgresConnection.open(database.configuration())
                _ = try await session.swap { _ in }
                await bystander.close()
                await session.discard()
                #expect(try await database.plainDump() == before)
                #expect(try await properties(database) == propertiesBefore)
                #expect(try await database.plainDump(of: "\(database.name)_before_\(set)") == changed)
                #expect(try await target(database).undoState(set: set) == .possible)
                _ = try await target(database).undo(set: set) { _ in }
                #expect(try await database.plainDump() == changed)
                try await TestDatabase(server: database.server, name: "\(database.name)_undone_\(set)").drop()
            }
            try await database.drop()
            try await TestDatabase.execute("DROP ROLE \"Re der\"; ", on: database.server)
            try await TestDatabase.execute("CREATE DATABASE \(database.name)", on: database.server)
        }
    }

    /// When a server is killed.
    enum Moment: CaseIterable {
        /// The swap has begun, and waits for somebody who changes the database.
        case waitingForLock
        /// It has committed, and waits for a standby before it says so.
        case committed
        /// Wherever it is.
        case any
    }

    @Test(arguments: Moment.allCases)
    func `a server that is killed during the swap has the old names or the new ones`(_ moment: Moment) async throws {
        try await TestDatabase.withServerOfItsOwn { first in
            for round in 0..<(moment == .any ? 3 : 1) {
                let database = TestDatabase(server: first.server, name: "crash_\(round)")
                try await TestDatabase.execute("CREATE DATABASE \(database.name)", on: first.server)
                try await database.query("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
                try await FolderDestination.with { destination in
                    let part = destination.part(
                        try await save(database, to: destination, .init(digest: true)), set: set)
                    try await database.query("UPDATE t SET a = 2")
                    let session = try await target(database).openSession(part, options: RestoreOptions())
                    try await session.prepare { _ in }
                    let outside = TestDatabase(server: first.server, name: "template1").configuration()
                    let observer = try await PostgresConnection.open(outside)
                    let holder = try await PostgresConnection.open(outside)
                    switch moment {
                    case .waitingForLock:
                        try await holder.query("BEGIN; COMMENT ON DATABASE \(database.name) IS 'held'")
                    case .committed: try await first.server.makeCommitsWait()
                    case .any: break
                    }
                    let swap = Task { (try? await session.swap { _ in }) != nil }
                    let sql = """
                        SELECT 1 FROM pg_stat_activity WHERE query LIKE '%RENAME%' AND pid <> pg_backend_pid() \
                        AND (wait_event = 'SyncRep' OR wait_event_type = 'Lock')
                        """
                    if moment == .any {
                        try await Task.sleep(for: .milliseconds(round * 3))
                    } else {
                        #expect(try await eventually { try await !observer.query(sql).isEmpty })
                    }
                    try await first.server.stopServer(.kill)
                    await observer.close()
                    await holder.close()
                    // The swap waits for that, to look at what became of it.
                    try await first.server.startServer()
                    let isSwapped = await swap.value
                    await session.discard()
                    let names = try await first.query(
                        "SELECT datname FROM pg_database WHERE datname LIKE 'crash\\_\(round)%' ORDER BY length(datname)"
                    )
                    let value = try await database.query("SELECT a FROM t")
                    // What was reported as done is done, and what was not is not.
                    #expect(value == (isSwapped ? ["1"] : ["2"]), "\(names)")
                    let expected = isSwapped ? [database.name, "\(database.name)_before_\(set)"] : [database.name]
                    #expect(names == expected)
                    if moment != .any { #expect(isSwapped == (moment == .committed)) }
                }
            }
        }
    }

    @Test func `what is not what was saved replaces nothing`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
            try await FolderDestination.with { destination in
                var snapshot = try await save(database, to: destination, .init(digest: true))
                snapshot.schemaVersions = [MigrationID(version: 7)]
                let part = destination.part(snapshot, set: set)
                let session = try await target(database).openSession(part, options: RestoreOptions())
                let error = await #expect(throws: PostgresBackupError.self) { try await session.prepare { _ in } }
                #expect(error?.category == .damaged)
                await session.discard()
                #expect(try await database.query("SELECT a FROM t") == ["1"])
                let left = "SELECT datname FROM pg_database WHERE datname LIKE '\(database.name)\\_%'"
                #expect(try await database.query(left) == [])
            }
        }
    }

    @Test func `a restore under another name leaves the database alone`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination), set: set)
                let name = "\(database.name) cöpy"
                let session = try await target(database).openSession(part, options: RestoreOptions(into: name))
                try await session.prepare { _ in }
                _ = try await session.swap { _ in }
                await session.discard()
                #expect(try await database.plainDump(of: name) == database.plainDump())
                try await TestDatabase(server: database.server, name: name).drop()
            }
        }
    }

    @Test func `an older server is refused with both versions`() async throws {
        try await TestDatabase.with { database in
            try await FolderDestination.with { destination in
                var snapshot = try await save(database, to: destination)
                snapshot.serverVersion = "99.3"
                let part = destination.part(snapshot, set: set)
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await target(database).openSession(part, options: RestoreOptions())
                }
                #expect(error?.category == .refused)
                #expect(error?.message.contains("99.3") == true)
                #expect(error?.message.contains("\(database.server.version.major).") == true)
            }
        }
    }
}
