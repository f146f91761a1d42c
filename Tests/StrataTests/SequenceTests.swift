// SPDX-License-Identifier: Apache-2.0

import Testing

/// Files that cannot run in one transaction.
@Suite("Files that run as a sequence", .timeLimit(.minutes(60)))
struct SequenceTests {
    @Test("A run that is killed shows as INCOMPLETE, and the next one goes on behind what is done")
    func killed() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write(
                "0001_mixed.sql",
                """
                CREATE TABLE a (id int);
                INSERT INTO a VALUES (1);
                CREATE INDEX CONCURRENTLY a_id ON a (id);
                SET search_path = public, pg_temp;
                \(Stage.pause)INSERT INTO a VALUES (2);
                DROP INDEX CONCURRENTLY a_id;
                CREATE INDEX CONCURRENTLY a_again ON a (id);
                """)
            let killed = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                run.kill()
            }
            #expect(killed.status == Outcome.killed)
            try await stage.waitUntilServerStopped("pg_sleep")
            let status = try await stage.strata("status", "--check")
            status.expect(3)
            #expect(status.lines == ["0001 | 0001_mixed.sql                | INCOMPLETE (3 of 8 statements)"])
            let document = try await stage.strata("status", "--json").document()
            #expect(document.migrations?.map(\.state) == ["INCOMPLETE (3 of 8 statements)"])
            try await stage.hurry()
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT id FROM a ORDER BY id") == "1\n2")
            #expect(
                try await stage.indexes(of: "a")
                    == "a_again|t")
            #expect(try await stage.query("SELECT count(*) FROM schema_versions_journal") == "0")
            try await stage.strata("status", "--check").expect(0)
        }
    }

    @Test(
        "A CALL of a procedure that commits is told by --dry-run and runs, whether a file or the database has the procedure"
    )
    func procedure() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_fill.sql": """
                CREATE TABLE a (id int);
                CREATE PROCEDURE fill(i int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (i); COMMIT; END $$;
                """,
                "0002_call.sql": "CREATE TABLE b (id int);\nCALL fill(1);",
            ])
            let reason =
                "line 2, column 1: the procedure fill ends transactions itself, which needs to be outside of one"
            let plan = try await stage.strata("migrate", "--dry-run")
            plan.expect(0)
            #expect(
                plan.lines == [
                    "would apply 0001_fill.sql, transaction", "would apply 0002_call.sql, sequence (\(reason))",
                ])
            #expect(try await stage.tables() == [])
            try await stage.strata("migrate").expect(0)
            try stage.write("0003_again.sql", "SELECT 1;\nCALL fill(2);")
            let next = try await stage.strata("migrate", "--dry-run", "--json")
            next.expect(0)
            #expect(try next.document().plan?.map(\.mode_reason) == [reason])
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT id FROM a ORDER BY id") == "1\n2")
            #expect(try await stage.query("SELECT count(*) FROM schema_versions_journal") == "0")
            try await stage.strata("status", "--check").expect(0)
        }
    }

    @Test("An index build that is killed is cleaned away and repeated by the next run")
    func indexKilled() async throws {
        try await Stage.with { stage in
            try stage.write("0001_index.sql", "CREATE TABLE b (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);")
            _ = try await stage.query("CREATE TABLE a (id int)")
            // An open transaction that has written to the table holds the build up.
            let writer = try await stage.tool("psql").run(
                ["-XAtq", "-d", stage.url, "-c", "BEGIN; INSERT INTO a VALUES (1); SELECT pg_sleep(3600) AS writing"],
                in: stage.scratch
            ) { _ in
                try await stage.waitUntilServerSleeps(in: "writing")
                let killed = try await stage.strata("migrate") { run in
                    try await stage.wait(until: "SELECT count(*) FROM pg_index WHERE NOT indisvalid", is: "1")
                    run.kill()
                }
                #expect(killed.status == Outcome.killed)
                try await stage.endSessions(executing: "writing")
            }
            #expect(writer.status != 0)
            try await stage.waitUntilServerStopped("CONCURRENTLY")
            try await stage.strata("status").expect(0)
            try await stage.strata("migrate").expect(0)
            #expect(
                try await stage.indexes(of: "a") == "a_id|t")
        }
    }

    @Test("A unique index over duplicate rows: 1, with what is done; once they are gone, a rerun builds a valid one")
    func duplicates() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);",
                "0002_unique.sql":
                    "CREATE TABLE b (id int);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);\nCREATE TABLE c (id int);",
            ])
            for _ in 0..<2 {
                let failed = try await stage.strata("migrate")
                failed.expect(
                    1, saying: "0002_unique.sql:2:48: error: could not create unique index \"a_id\" (23505)",
                    "detail: Key (id)=(1) is duplicated.",
                    "Statement 1 of 3 of 0002_unique.sql is done; the next run goes on with statement 2.")
                #expect(
                    try await stage.strata("status").lines.last?.hasSuffix("| INCOMPLETE (1 of 3 statements)") == true)
                #expect(try await stage.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0")
            }
            _ = try await stage.query("DELETE FROM a WHERE ctid > (SELECT min(ctid) FROM a)")
            try await stage.strata("migrate").expect(0)
            #expect(
                try await stage.indexes(of: "a") == "a_id|t")
            #expect(try await stage.tables() == ["a", "b", "c"])
        }
    }

    @Test("A statement that failed may be corrected in the file; those that are done may not change")
    func corrected() async throws {
        try await Stage.with { stage in
            let text = "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON aa (id);\nCREATE TABLE b (id int);"
            try stage.write("0001_index.sql", text)
            try await stage.strata("migrate").expect(
                1, saying: "0001_index.sql:2:35: error: relation \"aa\" does not exist")
            let right = text.replacing("aa", with: "a")
            try stage.write(
                "0001_index.sql", right.replacing("CREATE TABLE a (id int)", with: "CREATE TABLE a (id int8)"))
            try await stage.strata("migrate").expect(
                4,
                saying:
                    "0001_index.sql:1:1: error: the file was edited after a part of it was done, and statement 1 belongs to that part",
                "bring the statements that are done back as they were", "Statement 1 of 3 of 0001_index.sql is done")
            try stage.write("0001_index.sql", right)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b"])
        }
    }

    @Test("A statement that failed is not taken for done, though the catalog looks like it")
    func notTakenForDone() async throws {
        try await Stage.with { stage in
            try stage.write("0001_drop.sql", "CREATE TABLE a (id int);\nDROP INDEX CONCURRENTLY misspelled;")
            for _ in 0..<2 {
                try await stage.strata("migrate").expect(
                    1, saying: "0001_drop.sql:2:25: error: index \"misspelled\" does not exist")
            }
            #expect(try await stage.history() == [])
        }
    }

    @Test("fake finishes a sequence that somebody completed by hand, and nothing of it stays in the journal")
    func fake() async throws {
        try await Stage.with { stage in
            try stage.write("0001_index.sql", "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON aa (id);")
            try await stage.strata("migrate").expect(1)
            try await stage.strata("fake", "1").expect(0)
            try await stage.strata("status", "--check").expect(0)
            #expect(try await stage.query("SELECT count(*) FROM schema_versions_journal") == "0")
        }
    }
}
