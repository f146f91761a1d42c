// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("strata migrate: transactions, order and time", .timeLimit(.minutes(60)))
struct MigrateOptionsTests {
    @Test("Without --single-transaction what succeeded before a failure stays; with it nothing does")
    func singleTransaction() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);", "0002_b.sql": "CREATE TABLE b (id int);",
                "0003_c.sql": "CREATE TABLE c (id int);\nALTER TABLE nowhere ADD x int;",
            ])
            let together = try await stage.strata("migrate", "--single-transaction")
            together.expect(
                1, saying: "0003_c.sql:2:13: error: relation \"nowhere\" does not exist (42P01)",
                "Nothing was applied: all migrations of this run share one transaction.")
            #expect(try await stage.tables() == [])
            #expect(try await stage.history() == [])

            let apart = try await stage.strata("migrate")
            apart.expect(1, saying: "Nothing of 0003_c.sql was applied. 2 migrations before it were (0001 to 0002).")
            #expect(try await stage.tables() == ["a", "b"])
            #expect(try await stage.history() == ["core:1 0001_a.sql", "core:2 0002_b.sql"])

            try stage.write("0003_c.sql", "CREATE TABLE c (id int);")
            try stage.write("0004_d.sql", "CREATE TABLE d (id int);")
            try await stage.strata("migrate", "--single-transaction").expect(0)
            #expect(try await stage.tables() == ["a", "b", "c", "d"])
            #expect(
                try await stage.query("SELECT count(DISTINCT xmin::text) FROM schema_versions WHERE version > 2") == "1"
            )
        }
    }

    @Test(
        "--single-transaction refuses a file that cannot be part of one, alone or with others",
        arguments: [true, false])
    func sequenceInSingleTransaction(alone: Bool) async throws {
        try await Stage.with { stage in
            _ = try await stage.query("CREATE TABLE a (id int)")
            if !alone { try stage.write("0001_b.sql", "CREATE TABLE b (id int);") }
            try stage.write("0002_index.sql", "CREATE TABLE c (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);")
            let outcome = try await stage.strata("migrate", "--single-transaction", "--json")
            outcome.expect(
                4, saying: "0002_index.sql cannot be part of one transaction", "line 2, column 1",
                "CREATE INDEX CONCURRENTLY", "Run without --single-transaction.", "Nothing was executed.")
            #expect(try outcome.document().error?.refusals.count == 1)
            #expect(try await stage.tables() == ["a"])
            try await stage.strata("migrate").expect(0)
        }
    }

    @Test("--allow-out-of-order applies what would be refused, once")
    func outOfOrder() async throws {
        try await Stage.with { stage in
            try stage.write("0002_b.sql", "CREATE TABLE b (id int)")
            try await stage.strata("migrate").expect(0)
            try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
            try await stage.strata("migrate").expect(4, saying: "strata migrate --allow-out-of-order")
            #expect(try await stage.tables() == ["b"])
            try await stage.strata("migrate", "--allow-out-of-order").expect(0)
            #expect(try await stage.tables() == ["a", "b"])
            #expect(try await stage.strata("migrate").output == "nothing to do\n")
        }
    }

    @Test("--statement-timeout ends a statement that runs too long, and says which option it was")
    func statementTimeout() async throws {
        try await Stage.with { stage in
            try stage.write(
                "0001_slow.sql", "-- slow\nDO $$ BEGIN CREATE TABLE a (id int); PERFORM pg_sleep(3600); END $$;")
            let outcome = try await stage.strata("migrate", "--statement-timeout", "50ms")
            outcome.expect(
                1, saying: "0001_slow.sql:2:1: error: canceling statement due to statement timeout",
                "--statement-timeout")
            #expect(try await stage.tables() == [])
        }
    }

    @Test("--lock-timeout ends a statement that waits too long for a table, and says which option it was")
    func lockTimeout() async throws {
        try await Stage.with { stage in
            _ = try await stage.query("CREATE TABLE a (id int)")
            try stage.write("0001_alter.sql", "ALTER TABLE a ADD x int;")
            try await stage.whileLocked("a") {
                let outcome = try await stage.strata("migrate", "--lock-timeout", "50ms", "--retry-time", "0s")
                outcome.expect(
                    1, saying: "0001_alter.sql:1:1: error: canceling statement due to lock timeout", "--lock-timeout",
                    "Run again when it is done")
            }
            try await stage.strata("migrate", "--lock-timeout", "50ms").expect(0)
        }
    }

    @Test("A directive of the file wins over the option")
    func directive() async throws {
        try await Stage.with { stage in
            try stage.write("0001_slow.sql", "-- strata: statement-timeout 40ms\nSELECT pg_sleep(3600);")
            try await stage.strata("migrate", "--statement-timeout", "2h").expect(1, saying: "statement timeout")
            try stage.write("0001_slow.sql", "-- strata: statement-timeout 10min\nSELECT pg_sleep(0.2);")
            try await stage.strata("migrate", "--statement-timeout", "20ms").expect(0)
        }
    }

    @Test("A script that fails leaves role, settings and search path of the next run alone")
    func sessionState() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_dump.sql": "SET search_path = '';\nCREATE TABLE public.a (id int);\nSET ROLE pg_monitor;",
                "0002_plain.sql": "CREATE TABLE b (id int);",
            ])
            try await stage.strata("migrate").expect(0)
            #expect(
                try await stage.query(
                    "SELECT tableowner FROM pg_tables WHERE tablename = 'b' AND schemaname = 'public'")
                    == stage.superuser)
        }
    }

    @Test("A script that drops the history, or empties it, is undone and told why")
    func historyDropped() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int)",
                "0002_bad.sql": "CREATE TABLE b (id int); DROP TABLE public.schema_versions;",
            ])
            try await stage.strata("migrate").expect(
                1, saying: "0002_bad.sql: error: the script removed the history table")
            try stage.write("0002_bad.sql", "CREATE TABLE b (id int); DELETE FROM schema_versions;")
            try await stage.strata("migrate").expect(1, saying: "removed rows from the history table")
            #expect(try await stage.history() == ["core:1 0001_a.sql"])
            #expect(try await stage.tables() == ["a"])
        }
    }
}
