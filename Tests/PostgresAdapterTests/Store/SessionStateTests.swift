// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("SessionState")
struct SessionStateTests {
    /// Something that a script leaves in its session, and a query that shows it.
    struct Leftover: CustomTestStringConvertible, Sendable {
        let statement: String
        let query: String

        init(_ statement: String, _ query: String) {
            self.statement = statement
            self.query = query
        }

        /// The setting's value shows it.
        init(_ statement: String, setting: String) {
            self.init(statement, "current_setting('\(setting)')")
        }

        var testDescription: String { statement }
    }

    static let leftovers = [
        Leftover("SET search_path = ''", setting: "search_path"),
        Leftover("SELECT pg_catalog.set_config('search_path', '', false)", setting: "search_path"),
        Leftover("SET ROLE pg_monitor", "current_user"),
        Leftover("SET SESSION AUTHORIZATION strata_other", "session_user || current_user"),
        Leftover("SET ROLE pg_monitor; SET SESSION AUTHORIZATION strata_other", "session_user || current_user"),
        Leftover("SET DateStyle = 'German, DMY'", setting: "DateStyle"),
        Leftover("SET TimeZone = 'Asia/Tokyo'", setting: "TimeZone"),
        Leftover("SET client_encoding = 'LATIN1'", setting: "client_encoding"),
        Leftover("SET NAMES 'SQL_ASCII'", setting: "client_encoding"),
        Leftover("SET standard_conforming_strings = off", setting: "standard_conforming_strings"),
        Leftover("SET lock_timeout = '7ms'", setting: "lock_timeout"),
        Leftover("SET statement_timeout = '5s'", setting: "statement_timeout"),
        Leftover("SET idle_in_transaction_session_timeout = '7s'", setting: "idle_in_transaction_session_timeout"),
        Leftover("SET session_replication_role = replica", setting: "session_replication_role"),
        Leftover("SET row_security = off", setting: "row_security"),
        Leftover("SET default_transaction_read_only = on", setting: "default_transaction_read_only"),
        Leftover("SET default_transaction_isolation = serializable", setting: "default_transaction_isolation"),
        Leftover("SET check_function_bodies = off", setting: "check_function_bodies"),
        Leftover("SET client_min_messages = error", setting: "client_min_messages"),
        Leftover("SET my.setting = 'x'", "coalesce(nullif(current_setting('my.setting', true), ''), 'none')"),
        Leftover("CREATE TEMP TABLE leftover (id int)", "coalesce(to_regclass('pg_temp.leftover')::text, 'none')"),
        Leftover("LISTEN news", "(SELECT count(*) FROM pg_listening_channels())"),
        Leftover("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "(SELECT count(*) FROM pg_cursors WHERE name = 'c')"),
        Leftover("PREPARE p AS SELECT 1", "(SELECT count(*) FROM pg_prepared_statements)"),
        Leftover("SET CONSTRAINTS ALL DEFERRED", "0"), Leftover("SAVEPOINT s", "0"),
    ]

    @Test(
        "What a script leaves in the session reaches neither the history row nor the next script", arguments: leftovers)
    func isolated(leftover: Leftover) async throws {
        try await TestDatabase.with { database in
            try await Self.makeRole(on: database)
            let look =
                "CREATE TABLE IF NOT EXISTS public.seen (state text); INSERT INTO public.seen SELECT \(leftover.query)"
            let source = ScriptSource([look, leftover.statement, look])
            try await database.migrate(source)
            #expect(try await database.history() == ["core:1", "core:2", "core:3"])
            let seen = try await database.query("SELECT state FROM public.seen")
            #expect(seen.count == 2)
            #expect(seen.first == seen.last)
        }
    }

    @Test("The same holds within one transaction for all files", arguments: leftovers)
    func isolatedInOneTransaction(leftover: Leftover) async throws {
        try await TestDatabase.with { database in
            try await Self.makeRole(on: database)
            let look =
                "CREATE TABLE IF NOT EXISTS public.seen (state text); INSERT INTO public.seen SELECT \(leftover.query)"
            try await database.migrate(
                ScriptSource([look, leftover.statement, look]), options: RunOptions(singleTransaction: true))
            #expect(try await database.history() == ["core:1", "core:2", "core:3"])
            let seen = try await database.query("SELECT state FROM public.seen")
            #expect(seen.count == 2)
            #expect(seen.first == seen.last)
        }
    }

    @Test("The last value of a sequence is forgotten with the script that took it")
    func sequences() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["CREATE SEQUENCE s; SELECT nextval('s')", "SELECT\n  currval('s')"])
            let error = try #require(await database.failure(source))
            #expect(
                error.description.hasPrefix(#"0002_step.sql:2:3: error: currval of sequence "s" is not yet defined"#)
                    || error.description.contains("is not yet defined in this session (55000)"))
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("A setting of one transaction, SET LOCAL, holds for its script")
    func setLocal() async throws {
        try await TestDatabase.with { database in
            let show = "CREATE TABLE %@ AS SELECT current_setting('work_mem') AS value"
            let source = ScriptSource([
                "SET LOCAL work_mem = '7MB'; " + show.replacing("%@", with: "a"), show.replacing("%@", with: "b"),
            ])
            try await database.migrate(source)
            #expect(try await database.query("SELECT value FROM a UNION ALL SELECT value FROM b") == ["7MB", "4MB"])
        }
    }

    @Test("Limits for locks and statements hold in every script, those of a file before those of the run")
    func limits() async throws {
        try await TestDatabase.with { database in
            let look =
                "CREATE TABLE IF NOT EXISTS seen (value text); INSERT INTO seen SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')"
            var source = ScriptSource([look + "; SET lock_timeout = '1h'", look])
            source.add(
                "0003_own.sql", Array(look.utf8),
                directives: Migration.Directives(lockTimeout: .seconds(3), statementTimeout: .seconds(600)))
            let store = PostgresVersionStore.Options(lockTimeout: .milliseconds(1500), statementTimeout: .seconds(60))
            try await database.migrate(source, store: store)
            #expect(try await database.query("SELECT value FROM seen") == ["1500ms 1min", "1500ms 1min", "3s 10min"])
        }
    }

    static func makeRole(on database: TestDatabase) async throws {
        try await database.query(
            """
            DO $$ BEGIN
                CREATE ROLE strata_other;
            -- The role is one of the whole server, and tests in other databases make it as well.
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """)
    }
}
