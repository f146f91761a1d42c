// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A script that fails")
struct AtomicityTests {
    @Test(
        "Leaves nothing behind, wherever it fails, and the scripts before it stay applied",
        arguments: [
            "CREATE TABLE t (); SELECT 1 / 0; CREATE TABLE u ();",
            "CREATE TABLE t ();\nCREATE TABLE u ();\nCRATE TABLE v ();",
            "CREATE TABLE t ();\nSELECT nothing FROM nowhere",
            "CREATE TABLE t (); DO $$ BEGIN RAISE EXCEPTION 'no'; END $$",
            "CREATE TABLE t (); SAVEPOINT a; CREATE TABLE u (); ROLLBACK TO SAVEPOINT a; SELECT 1 / 0",
            "SET client_encoding = 'LATIN1'; CREATE TABLE t (); SELECT nothing",
            "CREATE TABLE t (id int PRIMARY KEY); COPY t FROM stdin;\n1\n1\n\\.\n",
            "CREATE TABLE t (id int); COPY t FROM stdin;\nx\n\\.\n",
            "CREATE ROLE strata_never; CREATE TABLE t (); CREATE ROLE strata_never;",
        ])
    func leavesNothing(script: String) async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["CREATE TABLE before ()", script, "CREATE TABLE after ()"])
            let error = try #require(await database.failure(source))
            #expect(error.code == .failed)
            #expect(error.failed?.path == "0002_step.sql")
            #expect(error.report.applied.map(\.migration.path) == ["0001_step.sql"])
            #expect(
                error.description.hasSuffix("Nothing of 0002_step.sql was applied. 1 migration before it was (0001)."))
            #expect(try await database.tables() == ["before"])
            #expect(try await database.history() == ["core:1"])
            #expect(try await database.query("SELECT to_regrole('strata_never')") == ["null"])
        }
    }

    @Test("A constraint that is checked at the end counts as a failure of the script, told with what violates it")
    func deferredConstraint() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([
                """
                CREATE TABLE parent (id int PRIMARY KEY);
                CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
                """,
                "INSERT INTO child VALUES (7);\nINSERT INTO child VALUES (8);\nINSERT INTO parent VALUES (8);",
            ])
            let error = try #require(await database.failure(source))
            #expect(
                error.description == """
                    0002_step.sql: error: a constraint that is checked at the end of the script is violated
                    server: insert or update on table "child" violates foreign key constraint "child_parent_fkey" (23503)
                    detail: Key (parent)=(7) is not present in table "parent".
                    Nothing of 0002_step.sql was applied. 1 migration before it was (0001).
                    """)
            #expect(try await database.query("SELECT count(*) FROM child") == ["0"])
        }
    }

    @Test("A constraint that is violated only in between is no failure")
    func satisfiedConstraint() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                ScriptSource([
                    """
                    CREATE TABLE parent (id int PRIMARY KEY);
                    CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
                    INSERT INTO child VALUES (7);
                    INSERT INTO parent VALUES (7);
                    """
                ]))
            #expect(try await database.query("SELECT parent FROM child") == ["7"])
        }
    }

    @Test("The next run goes on with the corrected script")
    func corrected() async throws {
        try await TestDatabase.with { database in
            let error = await database.failure(
                ScriptSource(["CREATE TABLE a ()", "CREATE TABLE b (); SELECT nothing"]))
            #expect(error?.code == .failed)
            let applied = try await database.migrate(ScriptSource(["CREATE TABLE a ()", "CREATE TABLE b ()"]))
            #expect(applied == ["0002_step.sql"])
        }
    }

    @Test("A last line without an end, in a comment or not, is executed")
    func lastLine() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                ScriptSource([
                    "CREATE TABLE a ()", "CREATE TABLE b () -- the end", "CREATE TABLE c () -- the end;",
                    "CREATE TABLE d (); -- ;", "CREATE TABLE e () /* ; */", "-- nothing but a comment;", "",
                    "COPY a FROM stdin;\n\\.", "COPY a FROM stdin;",
                ]))
            #expect(try await database.tables() == ["a", "b", "c", "d", "e"])
            #expect(try await database.history().count == 9)
        }
    }

    @Test("Rows that a script reads or copies out go nowhere and disturb nothing")
    func output() async throws {
        try await TestDatabase.with { database in
            let rows = "SELECT i, repeat('x', 100) FROM generate_series(1, 20000) i"
            try await database.migrate(
                ScriptSource(["\(rows);\nCOPY (\(rows)) TO STDOUT;\nCREATE TABLE a (); COPY a TO STDOUT", "TABLE a"]))
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }
}
