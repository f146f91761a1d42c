// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A sequence that failed")
struct CorrectionTests {
    private let create = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\n"
    private let index = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n"
    private let rest = "CREATE TABLE u ();"

    private func indexes(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1")
    }

    @Test("Nothing invalid is left, the state is INCOMPLETE, and after a repair in the database it goes on")
    func repaired() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([create + index + rest])
            let error = try #require(await database.failure(source))
            #expect(
                error.description.hasPrefix(#"0001_step.sql:3:34: error: could not create unique index "i" (23505)"#))
            #expect(error.description.contains("Key (a)=(1) is duplicated."))
            #expect(try await indexes(database) == [])
            #expect(try await database.runner(source).status().first?.label == "INCOMPLETE (2 of 4 statements)")
            try await database.query("DELETE FROM t WHERE ctid > '(0,1)'")
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
            #expect(try await database.query("SELECT * FROM schema_versions_journal") == [])
            #expect(try await database.runner(source).status().first?.label == "APPLIED")
        }
    }

    @Test(
        "The file may be corrected from the statement that failed on",
        arguments: [
            "DELETE FROM t WHERE ctid > '(0,1)';\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n",
            "CREATE INDEX CONCURRENTLY i ON t (a);\n", "CREATE INDEX i ON t (a);\n",
        ])
    func corrected(now: String) async throws {
        try await TestDatabase.with { database in
            _ = try #require(await database.failure(ScriptSource([create + index + rest])))
            #expect(try await database.migrate(ScriptSource([create + now + rest])) == ["0001_step.sql"])
            #expect(try await indexes(database) == ["i|t"])
            #expect(try await database.history() == ["core:1"])
            #expect(try await database.query("SELECT * FROM schema_versions_journal") == [])
        }
    }

    @Test("What is left of an incomplete file cannot be part of one transaction, whatever it looks like now")
    func incompleteInOneTransaction() async throws {
        try await TestDatabase.with { database in
            _ = try #require(await database.failure(ScriptSource([create + index + rest])))
            let source = ScriptSource([create + rest, "CREATE TABLE v ()"])
            let error = try #require(await database.failure(source, options: RunOptions(singleTransaction: true)))
            #expect(error.description.contains("some of its statements are done already"))
            #expect(try await database.migrate(source).count == 2)
        }
    }

    @Test(
        "What is done may not be edited: refused with the line of the statement, and nothing is executed",
        arguments: [
            ("CREATE TABLE t (a int, b int);\nINSERT INTO t VALUES (1), (1);\n", "1:1"),
            ("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n", "2:1"), ("CREATE TABLE t (a int);\n", "2:1"),
        ])
    func edited(now: String, place: String) async throws {
        try await TestDatabase.with { database in
            #expect(await database.failure(ScriptSource([create + index + rest])) != nil)
            let error = try #require(await database.failure(ScriptSource([now + index + rest])))
            #expect(
                error.description.hasPrefix(
                    "0001_step.sql:\(place): error: the file was edited after a part of it was done"))
            #expect(error.description.contains("Statements 1 to 2 of"))
            #expect(try await database.tables().contains("u") == false)
        }
    }

    @Test("IF NOT EXISTS does not pass over an invalid index, and says what to do")
    func invalidBefore() async throws {
        try await TestDatabase.with { database in
            try await database.query(create)
            _ = try? await database.query(index)
            #expect(try await indexes(database) == ["i|f"])
            let source = ScriptSource(["CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);"])
            for _ in 1...2 {
                let error = try #require(await database.failure(source))
                #expect(
                    error.description.hasPrefix("0001_step.sql:1:1: error: the index public.i is there but invalid"))
                #expect(
                    error.description.contains("\nhint: remove it, then run again: DROP INDEX CONCURRENTLY public.i;"))
                #expect(try await indexes(database) == ["i|f"])
            }
            try await database.query("DROP INDEX CONCURRENTLY public.i")
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
        }
    }

    @Test("An unnamed index is built once, whatever invalid index the table has already")
    func unnamedBesideInvalid() async throws {
        try await TestDatabase.with { database in
            try await database.query(create)
            _ = try? await database.query(index)
            try await database.migrate(ScriptSource(["CREATE INDEX CONCURRENTLY ON t (a);"]))
            #expect(try await indexes(database) == ["i|f", "t_a_idx|t"])
        }
    }

    @Test(
        "A procedure that failed is asked about, with its error, and goes on as it was said", arguments: [true, false])
    func procedure(isDone: Bool) async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([
                """
                CREATE TABLE t (a int); VACUUM;
                CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT;
                IF (SELECT count(*) FROM t) = 1 THEN PERFORM 1 / 0; END IF; END $$;
                CALL p();
                CREATE TABLE u ();
                """
            ])
            let error = try #require(await database.failure(source))
            #expect(error.description.hasPrefix("0001_step.sql:4:1: error: division by zero (22012)"))
            #expect(
                error.description.contains("say how to go on: strata resolve core:1 --statement 4 --redo, or --done"))
            #expect(
                error.description.contains(
                    "Statements 1 to 3 of 5 of 0001_step.sql are done. Statement 4 was started: what became of it has to be said."
                ))
            let account = try #require(await database.failure(source))
            #expect(
                account.description.contains("and failed: division by zero (22012). What it had committed before stays")
            )
            #expect(account.description.contains("what became of it has to be said"))
            #expect(try await database.query("SELECT count(*) FROM t") == ["1"])
            try await database.resolve(statement: 4, isDone: isDone)
            try await database.migrate(source)
            #expect(try await database.query("SELECT count(*) FROM t") == [isDone ? "1" : "2"])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test(
        "A procedure or block that the server refused before it began needs no answer",
        arguments: [
            "CALL nowhere()", "CALL p('a'::text)", "DO $$ BEGIN COMMIT; nonsense; END $$",
            "DO LANGUAGE nolang $$ commit $$",
        ])
    func refused(statement: String) async throws {
        try await TestDatabase.with { database in
            let before = "VACUUM; CREATE PROCEDURE p(int) LANGUAGE sql AS ''; "
            #expect(await database.failure(ScriptSource([before + statement])) != nil)
            #expect(
                try await database.query("SELECT state FROM schema_versions_journal ORDER BY first_statement") == [
                    "done", "done", "redo",
                ])
            try await database.migrate(ScriptSource([before + "CALL p(1)"]))
        }
    }

    @Test("A first statement of unknown outcome is not called nothing")
    func firstStatement() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["DO $$ BEGIN CREATE TABLE t (); COMMIT; PERFORM 1 / 0; END $$;"])
            let error = try #require(await database.failure(source))
            #expect(!error.description.contains("Nothing of 0001_step.sql was applied"))
            #expect(
                error.description.contains(
                    "Statement 1 of 1 of 0001_step.sql was started: what became of it has to be said."))
        }
    }
}
