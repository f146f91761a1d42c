// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A statement that cannot run in a transaction")
struct OutsideTransactionTests {
    static let statements = [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "CREATE INDEX CONCURRENTLY"),
        ("DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY"),
        ("REINDEX TABLE CONCURRENTLY t", "REINDEX CONCURRENTLY"),
        ("VACUUM t", "VACUUM"), ("CREATE DATABASE d", "CREATE DATABASE"), ("DROP DATABASE d", "DROP DATABASE"),
        ("ALTER SYSTEM SET work_mem = '8MB'", "ALTER SYSTEM"), ("COMMIT PREPARED 'x'", "COMMIT PREPARED"),
        ("ALTER TABLE p DETACH PARTITION t CONCURRENTLY", "ALTER TABLE … DETACH PARTITION … CONCURRENTLY"),
    ]

    private func mode(_ script: String) throws -> ExecutionMode {
        let source = ScriptSource([script])
        let migration = try #require(source.migration("0001_step.sql"))
        return try PostgresVersionStore.executionMode(of: migration, script: MigrationScript(script))
    }

    @Test("It makes a sequence of its script, and the plan says which and where", arguments: statements)
    func sequence(statement: String, name: String) throws {
        let mode = try mode("SELECT 'é';\n  \(statement);")
        #expect(mode.description == "sequence (line 2, column 3: \(name) cannot run inside a transaction block)")
    }

    @Test("Inside a block of the script's own it is refused, with its place", arguments: statements)
    func insideBlock(statement: String, name: String) throws {
        let error = #expect(throws: PostgresError.self) { try mode("SELECT 1;\nBEGIN;\n  \(statement);\nCOMMIT;") }
        #expect(error?.code == .invalidScript)
        let lines = error?.description.split(separator: "\n").map(String.init)
        #expect(lines?.first == "0001_step.sql:3:3: error: \(name) cannot run inside a transaction block")
        #expect(lines?.last == "hint: end the block that begins on line 2 before it.")
    }

    @Test(
        "Everything else is one transaction",
        arguments: ["", "CREATE INDEX i ON t (a)", "BEGIN; SELECT 1; COMMIT", "SAVEPOINT a"])
    func transaction(script: String) throws {
        #expect(try mode(script) == .transaction)
    }

    @Test("It is executed between the others, in order, and the row is in the history when all is done")
    func executed() async throws {
        try await TestDatabase.with { database in
            let script = """
                CREATE TABLE t (a int);
                CREATE INDEX CONCURRENTLY i ON t (a);
                INSERT INTO t VALUES (1);
                VACUUM t;
                CREATE TABLE u AS SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass;
                """
            try await database.migrate(ScriptSource([script, "CREATE TABLE v ()"]))
            #expect(try await database.query("SELECT indisvalid FROM u") == ["t"])
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }

    @Test(
        "One that is refused for its object fails with the line that helps, and runs with it",
        arguments: ["REINDEX TABLE p", "REINDEX INDEX pi", "CLUSTER p USING pi"])
    func refusedForItsObject(statement: String) async throws {
        try await TestDatabase.with { database in
            for statement in [
                "CREATE TABLE p (a int) PARTITION BY LIST (a)", "CREATE INDEX pi ON p (a)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
            ] { try await database.query(statement) }
            let script = "CREATE TABLE before ();\n  \(statement);"
            let error = try #require(await database.failure(ScriptSource([script])))
            let lines = error.description.split(separator: "\n").map(String.init)
            #expect(lines[0].hasPrefix("0001_step.sql:2:"))
            #expect(lines[0].contains("cannot run inside a transaction block (25001)"))
            #expect(
                lines.contains(
                    """
                    hint: it has to run outside of a transaction: put the line "-- strata: no-transaction" before the first \
                    statement of the file.
                    """), "\(error)")
            #expect(try await database.tables() == ["p", "p1"])
            var source: ScriptSource = [:]
            source.add(
                "0001_step.sql", Array("-- strata: no-transaction\n\(script)".utf8),
                directives: Migration.Directives(noTransaction: true))
            try await database.migrate(source)
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test(
        "Where no mode helps, the message says why",
        arguments: [
            (
                "CREATE PROCEDURE p() LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN COMMIT; END $$;\nCALL p();",
                "hint: a function, a procedure with SECURITY DEFINER or SET, and a block with EXCEPTION cannot end"
            ),
            (
                "CREATE TABLE t ();\nSELECT pg_create_logical_replication_slot('slot', 'pgoutput');",
                "hint: create it in a file of its own, or before the first statement that writes."
            ),
        ])
    func never(script: String, hint: String) async throws {
        var options = ThrowawayPostgres.Options()
        options.settings = ["wal_level": "logical"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            let error = try #require(await database.failure(ScriptSource([script])))
            #expect(error.description.hasPrefix("0001_step.sql:2:"))
            #expect(error.description.contains(hint), "\(error)")
        }
    }

    @Test("When it fails, the message says what is done, and the next run goes on there")
    func resumed() async throws {
        try await TestDatabase.with { database in
            let create = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\n"
            let source = ScriptSource([create + "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\nCREATE TABLE u ();"])
            let error = try #require(await database.failure(source))
            #expect(
                error.description.hasPrefix(#"0001_step.sql:3:34: error: could not create unique index "i" (23505)"#))
            #expect(
                error.description.contains(
                    "Statements 1 to 2 of 4 of 0001_step.sql are done; the next run goes on with statement 3."))
            #expect(try await database.history() == [])
            #expect(try await database.runner(source).status().first?.label == "INCOMPLETE (2 of 4 statements)")
            try await database.query("DELETE FROM t")
            try await database.migrate(source)
            #expect(
                try await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass") == ["t"])
            #expect(try await database.tables().filter { $0 != "schema_versions_journal" } == ["t", "u"])
            #expect(try await database.history() == ["core:1"])
        }
    }
}
