// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A statement in which a run died")
struct OutcomeTests {
    /// The run died in the second statement; the first and the third are ordinary ones.
    private func source(_ statement: String) -> ScriptSource {
        ScriptSource(["CREATE TABLE first ();\n\(statement);\nCREATE TABLE third ();"])
    }

    private func check(_ testCase: OutcomeCase, in database: TestDatabase) async throws {
        // What has to fail in order to leave something invalid fails here.
        for statement in testCase.setup { _ = try? await database.query(statement) }
        let source = source(testCase.statement)
        try await DeadRun(source: source, statement: 2).leave(in: database) { connection in
            for statement in testCase.meanwhile { _ = try? await connection.query(statement) }
        }
        let before = try await testCase.keeps.asyncMap { try await database.query($0) }
        #expect(try await database.migrate(source) == ["0001_step.sql"])
        #expect(try await database.query(testCase.proof) == testCase.result)
        if let before, let keeps = testCase.keeps { #expect(try await database.query(keeps) == before) }
        #expect(try await database.query("SELECT count(*) FROM schema_versions_journal") == ["0"])
        #expect(try await database.tables().filter { ["first", "third"].contains($0) } == ["first", "third"])
    }

    @Test("An index is built once, and is valid in the end", arguments: OutcomeCase.createdIndexes)
    func createdIndex(testCase: OutcomeCase) async throws {
        try await TestDatabase.with { try await check(testCase, in: $0) }
    }

    @Test("An index is dropped once, and no other", arguments: OutcomeCase.droppedIndexes)
    func droppedIndex(testCase: OutcomeCase) async throws {
        try await TestDatabase.with { try await check(testCase, in: $0) }
    }

    @Test("A partition is detached", arguments: OutcomeCase.detached)
    func detached(testCase: OutcomeCase) async throws {
        try await TestDatabase.with { try await check(testCase, in: $0) }
    }

    @Test("What does no harm is repeated", arguments: OutcomeCase.repeated)
    func repeated(testCase: OutcomeCase) async throws {
        try await TestDatabase.with { try await check(testCase, in: $0) }
    }

    @Test("A database, with a name of any kind", arguments: ["sequence_test", "Sequence Tést"])
    func database(name: String) async throws {
        for testCase in OutcomeCase.databases(name) {
            try await TestDatabase.with { try await check(testCase, in: $0) }
        }
        let server = try await TestServer.main.running()
        try await TestDatabase.execute(#"DROP DATABASE IF EXISTS "\#(name)""#, on: server)
    }

    @Test("A tablespace")
    func tablespace() async throws {
        let server = try await TestServer.main.running()
        for testCase in OutcomeCase.tablespaces("sequence_space", folder: server.folder + "/sequence_space") {
            try await TestDatabase.with { try await check(testCase, in: $0) }
        }
    }

    @Test("A partition that is half detached is finalised")
    func pendingDetach() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")
            let source = source("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY")
            let pending = "SELECT inhdetachpending FROM pg_inherits"
            try await DeadRun(source: source, statement: 2).leave(in: database) { connection in
                try await database.withConnection { reader in
                    try await reader.query("BEGIN; SELECT FROM p")
                    _ = try? await connection.query("SET lock_timeout = '50ms'")
                    _ = try? await connection.query("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY")
                }
            }
            try #require(try await database.query(pending) == ["t"])
            try await database.migrate(source)
            #expect(try await database.query(pending) == [])
            #expect(try await database.tables().contains("p1"))
        }
    }

    @Test("A prepared transaction, ALTER SYSTEM and subscriptions, on a server of their own")
    func serverOfItsOwn() async throws {
        var options = ThrowawayPostgres.Options()
        options.settings = ["max_prepared_transactions": "4", "wal_level": "logical"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            let system = OutcomeCase(
                "ALTER SYSTEM", "ALTER SYSTEM SET work_mem = '7MB'", meanwhile: ["ALTER SYSTEM SET work_mem = '7MB'"],
                proof: "SELECT setting FROM pg_file_settings WHERE name = 'work_mem'", ["7MB"])
            // A subscription of the same name in another database is not the one that is meant.
            let elsewhere = try await PostgresConnection.open(
                PostgresConfiguration(parameters: database.server.connectionParameters()))
            try await elsewhere.query(
                "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE)")
            await elsewhere.close()
            for testCase in OutcomeCase.prepared + OutcomeCase.dropped + [system] {
                try await check(testCase, in: database)
                try await database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            }
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        if let self { try await body(self) } else { nil }
    }
}
