// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("The session of a sequence")
struct SessionTests {
    /// What statement 3 of a script sees, executed at once, and by a second run after a first that died right before it.
    private func check(_ before: String, _ look: String, _ expected: String, setup: String = "SELECT 1") async throws {
        let script = "\(before);\nVACUUM;\nCREATE TABLE public.seen AS SELECT (\(look))::text AS what;"
        let source = ScriptSource([script])
        let count = try Reading(script).script.entries.count
        for dies in [false, true] {
            try await TestDatabase.with { database in
                try await database.query(setup)
                if dies { try await DeadRun(source: source, statement: count - 1).leave(in: database) }
                try await database.migrate(source)
                #expect(try await database.query("SELECT what FROM public.seen") == [expected], "dies: \(dies)")
                #expect(try await database.query("SELECT * FROM public.schema_versions_journal") == [])
            }
        }
    }

    @Test(
        "Settings that an earlier step made hold in a later one, also when that is executed by another run",
        arguments: [
            ("SET search_path = pg_catalog, public", "current_setting('search_path')", "pg_catalog, public"),
            ("SELECT pg_catalog.set_config('search_path', '', false)", "pg_catalog.current_setting('search_path')", ""),
            ("SET work_mem = '5MB'; SET work_mem = '6MB'; RESET work_mem", "current_setting('work_mem')", "4MB"),
            ("SET LOCAL work_mem = '5MB'", "current_setting('work_mem')", "4MB"),
            ("SET work_mem = '5MB'; DISCARD ALL", "current_setting('work_mem')", "4MB"),
            ("SET work_mem = '5MB'; RESET ALL", "current_setting('work_mem')", "4MB"),
            ("SET client_encoding = 'LATIN1'; SELECT 'x'", "length(chr(228))", "1"),
            ("SET TIME ZONE 'Asia/Tokyo'", "current_setting('timezone')", "Asia/Tokyo"),
            (
                "SET default_transaction_isolation = 'serializable'", "current_setting('transaction_isolation')",
                "serializable"
            ),
        ])
    func settings(before: String, look: String, expected: String) async throws {
        try await check(before, look, expected)
    }

    @Test("A backslash is read as the script has set it, in every step and in every run")
    func strings() async throws {
        try await check("SET standard_conforming_strings = off; SET escape_string_warning = off", #"length('\\')"#, "1")
    }

    @Test("Text in another encoding arrives as it was meant, and so does the journal")
    func encoding() async throws {
        let head = "SET client_encoding = 'LATIN1';\nVACUUM;\nCREATE TABLE t AS SELECT '"
        var sources = ScriptSource([])
        sources.add("ä/0001_step.sql", Array(head.utf8) + [0xE4] + Array("' AS a;\nVACUUM;".utf8))
        let source = sources
        try await TestDatabase.with { database in
            try await database.migrate(source)
            #expect(try await database.query("SELECT a FROM t") == ["ä"])
            #expect(try await database.query("SELECT * FROM schema_versions_journal") == [])
            #expect(try await database.history() == ["ä:1"])
        }
    }

    @Test(
        "What a failed procedure said is kept as it was said, whatever the script made of strings and encodings",
        arguments: ["", "SET standard_conforming_strings = off; ", "SET client_encoding = 'LATIN1'; "])
    func words(before: String) async throws {
        try await TestDatabase.with { database in
            let letters = before.contains("LATIN1") ? "" : "ä ✓"
            try await database.query(
                """
                CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT;
                RAISE EXCEPTION USING MESSAGE = 'it''s \(letters)' || chr(92) || chr(92); END $$
                """)
            let source = ScriptSource(["\(before)VACUUM;\nCALL p();"])
            let words = "it's \(letters)" + #"\\ (P0001)"#
            for _ in 1...2 {
                let error = try #require(await database.failure(source)).description
                #expect(error.contains(words), "\(error)")
                let note = "SELECT note FROM schema_versions_journal WHERE state = 'started'"
                #expect(try await database.query(note) == [words])
            }
        }
    }

    @Test(
        "The script's role stays its role, though it cannot write the journal",
        arguments: ["SET ROLE", "SET SESSION AUTHORIZATION"])
    func role(command: String) async throws {
        let setup = """
            DO $$ BEGIN CREATE ROLE sequence_role; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
            GRANT CREATE ON SCHEMA public TO sequence_role
            """
        try await check(
            "\(command) sequence_role; CREATE TABLE mine (a int); CREATE INDEX CONCURRENTLY ON mine (a)",
            "current_user",
            "sequence_role", setup: setup)
    }

    @Test("DISCARD ALL gives up everything but the lock of the run")
    func discard() async throws {
        try await TestDatabase.with { database in
            let script = """
                SET work_mem = '5MB'; CREATE TEMP TABLE temporary (); LISTEN c; PREPARE q AS SELECT 1;
                DISCARD ALL;
                CREATE TABLE seen AS SELECT current_setting('work_mem') AS work_mem, to_regclass('temporary') AS temporary,
                    (SELECT count(*) FROM pg_prepared_statements) AS prepared, (SELECT count(*) FROM pg_listening_channels()),
                    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
                        AND virtualtransaction LIKE '%') > 0 AS locked;
                """
            try await database.migrate(ScriptSource([script]))
            #expect(try await database.query("SELECT * FROM seen") == ["4MB|null|0|0|t"])
        }
    }

    @Test("A second run waits for the lock through DISCARD ALL")
    func lockAfterDiscard() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE gate ()")
            let source = ScriptSource(["DISCARD ALL;\nSELECT count(*) FROM gate;\nVACUUM;"])
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE gate")
                async let first = database.migrate(
                    source, store: PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil))
                let waits = try await eventually {
                    try await database.query(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'gate'::regclass") == ["1"]
                }
                #expect(waits)
                var options = RunOptions()
                options.lockWait = .zero
                // Without the lock of the run it would get as far as the gate, and must not wait there for ever.
                let store = PostgresVersionStore.Options(lockTimeout: .milliseconds(100))
                #expect(await database.failure(source, options: options, store: store)?.code == .lockTimeout)
                try await holder.query("ROLLBACK")
                #expect(try await first == ["0001_step.sql"])
            }
        }
    }

    @Test(
        "The directives' timeouts hold for a statement that runs alone, also behind DISCARD ALL",
        arguments: ["", "DISCARD ALL; "])
    func timeouts(before: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a int)")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t")
                var directives = Migration.Directives()
                directives.lockTimeout = .milliseconds(30)
                var source = ScriptSource([])
                source.add(
                    "0001_step.sql", Array("\(before)CREATE INDEX CONCURRENTLY i ON t (a);".utf8),
                    directives: directives)
                let locked = try #require(await database.failure(source))
                #expect(locked.description.contains("canceling statement due to lock timeout (55P03)"))
                directives.lockTimeout = nil
                directives.statementTimeout = .milliseconds(30)
                source.add(
                    "0001_step.sql", Array("\(before)CREATE INDEX CONCURRENTLY i ON t (a);".utf8),
                    directives: directives)
                let slow = try #require(await database.failure(source))
                #expect(slow.description.contains("canceling statement due to statement timeout (57014)"))
            }
            try await database.migrate(ScriptSource(["\(before)CREATE INDEX CONCURRENTLY i ON t (a);"]))
            #expect(
                try await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass") == ["t"])
        }
    }

    @Test("A script that makes read-only the default, or empties the history, is told so")
    func journalFailures() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(ScriptSource(["CREATE TABLE a ()"]))
            for (script, message) in [
                (
                    "SET default_transaction_read_only = on; VACUUM; SELECT 1;",
                    "a transaction of the script is read-only"
                ),
                (
                    "VACUUM; DELETE FROM schema_versions;",
                    "the script removed rows from the history table public.schema_versions"
                ),
                (
                    "VACUUM; DROP TABLE schema_versions_journal;",
                    "the script removed the history table public.schema_versions, or the journal"
                ),
            ] {
                let error = try #require(await database.failure(ScriptSource(["CREATE TABLE a ()", script])))
                #expect(error.description.contains("0002_step.sql: error: \(message)"), "\(script)")
                #expect(try await database.history() == ["core:1"])
                try await database.query("DELETE FROM schema_versions_journal")
            }
        }
    }
}
