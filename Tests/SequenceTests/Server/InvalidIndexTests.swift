// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("An index that becomes invalid while it is built")
struct InvalidIndexTests {
    private let waiting = """
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
        AND application_name = 'strata' AND query LIKE '%INDEX%'
        """

    /// The script's indexes, without those of the history.
    private func indexes(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            """
            SELECT indexrelid::regclass, indisvalid FROM pg_index i JOIN pg_class c ON c.oid = indrelid
            WHERE relnamespace IN ('public'::regnamespace, 's'::regnamespace) AND relname !~ '^schema_versions' ORDER BY 1
            """)
    }

    private static let setup = """
        CREATE SCHEMA s; CREATE TABLE s."T 1" (a int, b int); INSERT INTO s."T 1" VALUES (1, 1), (1, 2);
        CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2)
        """

    @Test(
        "A duplicate fails the migration, with its key; when it is gone the next run needs no help",
        arguments: [
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", ["i|t"]),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", ["i|t"]),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY t (a)", ["i|t"]),
            ("CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", ["t_a_idx|t"]),
            (#"CREATE UNIQUE INDEX CONCURRENTLY "I ""x""" ON s."T 1" (a)"#, [#"s."I ""x"""|t"#]),
            (#"CREATE UNIQUE INDEX CONCURRENTLY ON s."T 1" (a)"#, [#"s."T 1_a_idx"|t"#]),
            (#"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS U&"i" ON t (a)"#, ["i|t"]),
        ])
    func duplicate(statement: String, expected: [String]) async throws {
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            let source = ScriptSource(["VACUUM;\n\(statement);"])
            for _ in 1...2 {
                let error = try #require(await database.failure(source))
                #expect(error.description.contains("0001_step.sql:2:"))
                #expect(error.description.contains("Key (a)=(1) is duplicated."))
                #expect(
                    error.description.contains(
                        "\nWhat the statement left was removed: DROP INDEX CONCURRENTLY IF EXISTS "))
                #expect(try await indexes(database) == [])
                #expect(try await database.history() == [])
            }
            try await database.query(#"DELETE FROM t WHERE b = 2; DELETE FROM s."T 1" WHERE b = 2"#)
            try await database.migrate(source)
            #expect(try await indexes(database) == expected)
        }
    }

    @Test(
        "IF NOT EXISTS is not content with an invalid index of that name, wherever it is and however it is written",
        arguments: [("i", "t", "t"), ("i", "u", "t"), (#"U&"i""#, "t", "t"), ("i", "t", "public.t")])
    func existing(name: String, table: String, target: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("\(Self.setup); CREATE TABLE u (a int); INSERT INTO u VALUES (1), (1)")
            _ = try? await database.query("CREATE UNIQUE INDEX CONCURRENTLY i ON \(table) (a)")
            try #require(try await indexes(database) == ["i|f"])
            let source = ScriptSource(["CREATE INDEX CONCURRENTLY IF NOT EXISTS \(name) ON \(target) (a);"])
            let error = try #require(await database.failure(source))
            #expect(error.description.hasPrefix("0001_step.sql:1:1: error: the index public.i is there but invalid"))
            #expect(try await database.history() == [])
            try await database.query("DROP INDEX i")
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
        }
    }

    @Test("A rebuild that fails leaves no second index; when the cause is gone the next run needs no help")
    func rebuilt() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                """
                \(Self.setup); CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1 / $1; END';
                CREATE INDEX i ON t (f(a)); ALTER TABLE t ALTER a TYPE int, ADD c int;
                CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1 / ($1 - 1); END'
                """)
            let source = ScriptSource(["REINDEX INDEX CONCURRENTLY i;"])
            let error = try #require(await database.failure(source))
            #expect(error.description.contains("division by zero (22012)"))
            #expect(error.description.contains("was removed: DROP INDEX CONCURRENTLY IF EXISTS public.i_ccnew"))
            #expect(try await indexes(database) == ["i|t"])
            #expect(try await database.history() == [])
            try await database.query("DELETE FROM t")
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
        }
    }

    @Test(
        "What ended it is said, and what it left goes when nobody has to be waited for",
        arguments: ["cancel", "terminate"])
    func ended(how: String) async throws {
        let source = ScriptSource(["VACUUM;\nCREATE INDEX CONCURRENTLY i ON t (a);"])
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                let failing = Task { await database.failure(source) }
                #expect(try await eventually { try await !database.query(waiting).isEmpty })
                try await database.query("SELECT pg_\(how)_backend(pid) FROM (\(waiting)) waiting")
                // The transaction that it waited for is still there: it must not be waited for again.
                let error = try #require(await failing.value).description
                if how == "cancel" {
                    #expect(
                        error.hasPrefix("0001_step.sql:2:1: error: canceling statement due to user request (57014)"))
                    #expect(error.contains("is removed by the next run: DROP INDEX CONCURRENTLY IF EXISTS public.i"))
                } else {
                    #expect(error.contains("terminating connection due to administrator command"))
                }
                #expect(
                    error.contains(
                        "Statement 1 of 2 of 0001_step.sql is done. Statement 2 was started: the next run finds out"))
                try await holder.query("ROLLBACK")
            }
            #expect(try await indexes(database) == ["i|f"])
            #expect(try await database.history() == [])
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
        }
    }

    @Test("A deadlock is told with both sides; the next run needs no help")
    func deadlock() async throws {
        let source = ScriptSource(["CREATE INDEX CONCURRENTLY i ON t (a);"])
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            try await database.query("ALTER DATABASE \(database.name) SET deadlock_timeout = '10ms'")
            try await database.withConnection { gate in
                try await gate.query("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                let failing = Task { await database.failure(source) }
                #expect(try await eventually { try await !database.query(waiting).isEmpty })
                try await database.withConnection { other in
                    // It never looks for deadlocks itself, so that the other one is the victim. It waits for the build, and the
                    // build waits for it as soon as it has waited for the gate.
                    try await other.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                    let waits = Task { try await other.query("LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE; ROLLBACK") }
                    #expect(
                        try await eventually {
                            try await database.query(
                                "SELECT FROM pg_locks WHERE relation = 't'::regclass AND NOT granted AND mode LIKE 'ShareUpdate%'"
                            ).count == 1
                        })
                    try await gate.query("ROLLBACK")
                    _ = try await waits.value
                }
                let error = try #require(await failing.value).description
                #expect(error.contains("0001_step.sql:1:1: error: deadlock detected (40P01)"))
                #expect(error.contains("detail: Process "))
                #expect(error.contains("blocked by process "))
            }
            #expect(try await database.history() == [])
            try await database.migrate(source)
            #expect(try await indexes(database) == ["i|t"])
        }
    }

    @Test(
        "An index that somebody else is building is neither dropped nor built a second time: it is said who builds it",
        arguments: ["CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)"],
        ["", "owner"])
    func beingBuilt(statement: String, user: String) async throws {
        let source = ScriptSource(["CREATE TABLE first ();\n\(statement);\nCREATE TABLE third ();"])
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            if !user.isEmpty { try await makeOwner(database) }
            try await DeadRun(source: source, statement: 2).leave(in: database)
            if !user.isEmpty { try await handOver(database) }
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                let building = Task { try await database.query("CREATE INDEX CONCURRENTLY i ON t (a)") }
                let isBlocked = try await eventually {
                    try await database.query(
                        "SELECT FROM pg_stat_progress_create_index WHERE relid = 't'::regclass AND phase ~ 'waiting'"
                    ).count == 1
                }
                #expect(isBlocked)
                let number = try await database.query("SELECT oid FROM pg_class WHERE relname = 'i'")
                let role = user.isEmpty ? nil : Self.owner
                let error = try #require(await database.failure(source, user: role))
                #expect(error.description.contains("its index public.i is not valid yet: process "))
                #expect(
                    error.description.contains(
                        "hint: run again when that is done, or end it: SELECT pg_cancel_backend("))
                try await holder.query("ROLLBACK")
                _ = try await building.value
                #expect(try await database.migrate(source, user: role) == ["0001_step.sql"])
                #expect(try await database.query("SELECT oid FROM pg_class WHERE relname = 'i'") == number)
                #expect(try await indexes(database) == ["i|t"])
            }
        }
    }

    private static let owner = "sequence_owner"

    /// A role that may not see what other roles are doing.
    private func makeOwner(_ database: TestDatabase) async throws {
        try await database.query(
            """
            DO $$ BEGIN CREATE ROLE \(Self.owner) LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
            GRANT ALL ON SCHEMA public TO \(Self.owner)
            """)
    }

    private func handOver(_ database: TestDatabase) async throws {
        for table in ["t", "first", "schema_versions", "schema_versions_journal"] {
            try await database.query("ALTER TABLE \(table) OWNER TO \(Self.owner)")
        }
    }
}
