// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// Names that Swift reads otherwise than PostgreSQL does.
@Suite(.timeLimit(.minutes(60))) struct HostileNameTests {
    private func prove(_ database: TestDatabase, _ part: StoredPart) async throws -> [String] {
        let verifier = PostgresArtifactVerifier(
            launcher: TestLauncher(), servers: TestProvingServers(), programs: database.server.binaries.folder)
        return try await verifier.findUnreadable(part) { _ in } + verifier.restoreForProof(part) { _ in }.differences
    }

    private func quoted(_ name: String) -> String {
        "\"" + String(decoding: name.utf8.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }, as: UTF8.self) + "\""
    }

    @Test func `the name of a table is no command, whatever combines with its quotes`() async throws {
        try await TestDatabase.with { database in
            let role = "\(database.name)_bob"
            try await TestDatabase.execute("CREATE ROLE \(role) LOGIN", on: database.server)
            try await database.query("CREATE SCHEMA own AUTHORIZATION \(role)")
            let command = "\u{600}\" IN ACCESS SHARE MODE;COMMIT;ALTER ROLE \(role) SUPERUSER;--"
            let names = [
                "\u{600}", command, "\"\u{301}", "'\u{301}\u{600}'", "\\\u{200D}\u{600}\\", "\u{600}\"\"\u{301}x",
            ]
            for name in names {
                try await database.query(
                    "CREATE TABLE own.\(quoted(name)) (\(quoted("c" + name)) integer); INSERT INTO own.\(quoted(name)) VALUES (1)",
                    user: role)
            }
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(try await database.query("SELECT rolsuper FROM pg_roles WHERE rolname = '\(role)'") == ["f"])
                #expect(snapshot.details["digests"]?.arrayValue?.count == names.count + 1)
                #expect(try await prove(database, destination.part(snapshot)) == [])
            }
            try await database.query("DROP OWNED BY \(role)")
            try await TestDatabase.execute("DROP ROLE \(role)", on: database.server)
        }
    }

    @Test func `tables whose names differ in their bytes only are two`() async throws {
        try await TestDatabase.with { database in
            for (name, rows) in [("caf\u{E9}", 3), ("cafe\u{301}", 5)] {
                try await database.query("CREATE TABLE \"\(name)\" AS SELECT generate_series(1, \(rows)) AS a")
            }
            try await FolderDestination.with { destination in
                for digest in [true, false] {
                    try? FileManager.default.removeItem(atPath: "\(destination.folder)/postgres_\(database.name).dump")
                    try? FileManager.default.removeItem(atPath: "\(destination.folder)/postgres_globals.sql")
                    let part = destination.part(try await save(database, to: destination, .init(digest: digest)))
                    #expect(try await prove(database, part) == [])
                }
            }
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                var other = snapshot
                other.details["tables"] = .array(
                    (snapshot.details["tables"]?.arrayValue ?? []) + [["public", "cafe\u{328}"]])
                #expect(try await prove(database, destination.part(other)).count == 1)
            }
        }
    }

    @Test func `a database whose name looks like a connection string is saved with its roles`() async throws {
        let name = "a=b 'c"
        try await withDatabase(name, "") { database in
            let configuration = try PostgresConfiguration(url: database.server.connectionURL(database: name))
            let connection = try await PostgresConnection.open(configuration)
            try await connection.query("CREATE TABLE t AS SELECT 1 AS a")
            await connection.close()
            try await FolderDestination.with { destination in
                let options = PostgresBackupTarget.Options(programs: database.server.binaries.folder, digest: true)
                let target = PostgresBackupTarget(configuration, launcher: TestLauncher(), options: options)
                let part = destination.part(try await target.backUp(to: destination) { _ in })
                #expect(part.snapshot.details["database"] == .string(name))
                #expect(try await prove(database, part) == [])
            }
        }
    }

    @Test func `text that is nothing in UTF-8 is hashed as well`() async throws {
        let options = "TEMPLATE template0 ENCODING 'WIN1252' LC_COLLATE 'C' LC_CTYPE 'C'"
        try await withDatabase("win_1252", options) { database in
            try await database.query(
                "CREATE TABLE t AS SELECT convert_from('\\x81'::bytea, 'WIN1252') AS a UNION SELECT 'ä'")
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.details["digests"]?.arrayValue?.contains { $0["rows"] == 2 } == true)
                #expect(try await prove(database, destination.part(snapshot)) == [])
            }
        }
    }

    @Test func `names without an encoding are no reason to save nothing`() async throws {
        let options = "TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        try await withDatabase("sql_ascii_names", options) { database in
            try await database.query(
                "SET client_encoding = 'SQL_ASCII'; DO $$ BEGIN EXECUTE format('CREATE TABLE %I (a int)', "
                    + "convert_from('\\x636166e9'::bytea, 'SQL_ASCII')); END $$; CREATE TABLE plain AS SELECT 1 AS a")
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.warnings.contains { $0.contains("no text in UTF-8") }, "\(snapshot.warnings)")
                #expect(snapshot.details["tables"] == [["public", "plain"]])
                #expect(try await prove(database, destination.part(snapshot)) == [])
            }
        }
    }

    private func withDatabase(
        _ name: String, _ options: String, _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.with { owner in
            try await TestDatabase.execute("CREATE DATABASE \(quoted(name)) \(options)", on: owner.server)
            var failure: (any Error)?
            let database = TestDatabase(server: owner.server, name: name)
            do { try await body(database) } catch { failure = error }
            try await database.drop()
            if let failure { throw failure }
        }
    }
}
