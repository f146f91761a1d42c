// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("The message of a failed script")
struct ErrorMessageTests {
    private func message(_ scripts: [String: String], options: RunOptions = RunOptions()) async throws -> String {
        try await TestDatabase.with { database in
            var source: ScriptSource = [:]
            for (path, text) in scripts { source.add(path, Array(text.utf8)) }
            return try #require(await database.failure(source, options: options)).description
        }
    }

    @Test("Place, line of the file, the server's words, and what of the run is in effect")
    func plain() async throws {
        var scripts = ["0007_add_index.sql": "\(String(repeating: "\n", count: 11))CREATE INDEX ON userz (email);\n"]
        for number in 1...6 { scripts["000\(number)_step.sql"] = "SELECT \(number)" }
        #expect(
            try await message(scripts) == """
                0007_add_index.sql:12:17: error: relation "userz" does not exist (42P01)
                   12 | CREATE INDEX ON userz (email);
                      |                 ^
                Nothing of 0007_add_index.sql was applied. 6 migrations before it were (0001 to 0006).
                """)
    }

    @Test("Detail and hint of the server have a line each")
    func remarks() async throws {
        #expect(
            try await message(["0001_a.sql": "CREATE TABLE t (number int);\nSELECT numbr FROM t;"]) == """
                0001_a.sql:2:8: error: column "numbr" does not exist (42703)
                    2 | SELECT numbr FROM t;
                      |        ^
                hint: Perhaps you meant to reference the column "t.number".
                Nothing of 0001_a.sql was applied.
                """)
        #expect(
            try await message(["0001_a.sql": "CREATE TABLE t (id int PRIMARY KEY);\nINSERT INTO t VALUES (1), (1);"])
                == """
                0001_a.sql:2:1: error: duplicate key value violates unique constraint "t_pkey" (23505)
                    2 | INSERT INTO t VALUES (1), (1);
                      | ^
                detail: Key (id)=(1) already exists.
                Nothing of 0001_a.sql was applied.
                """)
    }

    @Test("The way through functions is shown")
    func context() async throws {
        let script = """
            CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
            BEGIN
              RAISE division_by_zero;
            END $$;
            SELECT f();
            """
        #expect(
            try await message(["billing/0001_é.sql": script]) == """
                billing/0001_é.sql:5:1: error: division_by_zero (22012)
                    5 | SELECT f();
                      | ^
                context: PL/pgSQL function f() line 3 at RAISE
                Nothing of billing/0001_é.sql was applied.
                """)
    }

    @Test("What was applied before is told by component")
    func components() async throws {
        let text = try await message([
            "0001_a.sql": "", "0002_b.sql": "", "billing/0001_c.sql": "", "billing/0002_d.sql": "SELECT nope",
        ])
        #expect(
            text.hasSuffix(
                "Nothing of billing/0002_d.sql was applied. 3 migrations before it were (core 0001 to 0002, billing 0001)."
            ))
    }

    @Test("In one transaction for all files nothing is applied, and the message says why")
    func oneTransaction() async throws {
        #expect(
            try await message(
                ["0001_a.sql": "SELECT 1", "0002_b.sql": "SELECT nope"], options: RunOptions(singleTransaction: true))
                    == """
                    0002_b.sql:1:8: error: column "nope" does not exist (42703)
                        1 | SELECT nope
                          |        ^
                    Nothing was applied: all migrations of this run share one transaction.
                    """)
    }

    @Test("A file that was found wrong before the run has its place, too, and all such files are named at once")
    func refused() async throws {
        #expect(
            try await message(["0001_a.sql": "SELECT 1;\n  COMMIT;", "0002_b.sql": "SELECT 'é"]) == """
                0001_a.sql:2:3: error: this COMMIT would end our transaction: no BEGIN of the file is open here
                    2 |   COMMIT;
                      |   ^
                hint: remove it: a migration and its history row are committed together, by the runner.
                0002_b.sql:1:8: error: the string that begins here is not closed; a quote inside a string is written twice ('')
                    1 | SELECT 'é
                      |        ^
                Nothing was executed.
                """)
    }

    @Test("A statement that ran into its limit says so")
    func timeout() async throws {
        let text = try await message(["0001_a.sql": "SET statement_timeout = '10ms';\nSELECT pg_sleep(60);"])
        #expect(text.hasPrefix("0001_a.sql:2:1: error: canceling statement due to statement timeout (57014)\n"))
    }
}
