// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite struct PostgresRestoreTargetTests {
    private let set = "backup_20250916_123000"

    private func target(_ database: TestDatabase) -> PostgresRestoreTarget {
        PostgresRestoreTarget(
            database.configuration(), launcher: TestLauncher(), programs: database.server.binaries.folder)
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
                // A second restore would overwrite what the first kept.
                await #expect(throws: PostgresBackupError.self) {
                    _ = try await target(database).openSession(part, options: RestoreOptions())
                }
                _ = try await target(database).undo(set: set) { _ in }
                #expect(try await database.plainDump() == changed)
                try await database.query("DROP DATABASE \(database.name)_undone_\(set)")
            }
            try await TestDatabase.execute("DROP DATABASE \(database.name)", on: database.server)
            try await TestDatabase.execute("DROP ROLE \"Re der\"; ", on: database.server)
            try await TestDatabase.execute("CREATE DATABASE \(database.name)", on: database.server)
        }
    }

    @Test func `a server that is killed during the swap has the old names or the new ones`() async throws {
        try await TestDatabase.withServerOfItsOwn { first in
            for round in 0..<6 {
                let database = TestDatabase(server: first.server, name: "crash_\(round)")
                try await TestDatabase.execute("CREATE DATABASE \(database.name)", on: first.server)
                try await database.query("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
                try await FolderDestination.with { destination in
                    let part = destination.part(
                        try await save(database, to: destination, .init(digest: true)), set: set)
                    try await database.query("UPDATE t SET a = 2")
                    let session = try await target(database).openSession(part, options: RestoreOptions())
                    try await session.prepare { _ in }
                    async let swapped: Bool = (try? await session.swap { _ in }) != nil
                    // At another moment each time; both outcomes are right.
                    try await Task.sleep(for: .milliseconds(round * 2))
                    try await first.server.stopServer(.kill)
                    let isSwapped = await swapped
                    await session.discard()
                    try await first.server.startServer()
                    let names = try await first.query(
                        "SELECT datname FROM pg_database WHERE datname LIKE 'crash\\_\(round)%' ORDER BY length(datname)"
                    )
                    let value = try await database.query("SELECT a FROM t")
                    #expect(names.count == 2 && names.first == database.name, "\(names)")
                    #expect(value == (names.last == "\(database.name)_before_\(set)" ? ["1"] : ["2"]), "\(names)")
                    // What was reported as done is done.
                    #expect(!isSwapped || value == ["1"])
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
                try await database.query("DROP DATABASE \"\(name)\"")
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
