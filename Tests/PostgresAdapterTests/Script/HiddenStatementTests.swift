// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import PostgresAdapter
@testable import PostgresSyntax

/// psql counts the words BEGIN, CASE and END in the definition of a routine; the server goes by its grammar.
@Suite("Statements that psql takes for a part of a routine")
struct HiddenStatementTests {
    /// What psql sends in one message, and how many statements the server finds in it.
    static let messages: [(text: String, count: Int)] = [
        ("CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCOMMIT; END;", 3),
        ("CREATE OR REPLACE PROCEDURE begin() LANGUAGE sql AS ''; COMMIT; SELECT 1 AS end;", 3),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET x.y TO begin AS 'SELECT 1'; COMMIT; END;", 3),
        ("CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1 AS case; END;\nCOMMIT; END;", 3),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS begin; SELECT (2);;\nend; COMMIT; END;", 3),
        ("CREATE PROCEDURE begin() BEGIN ATOMIC END; COMMIT; END;", 3),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;", 1),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END", 1),
        ("CREATE PROCEDURE p() BEGIN ATOMIC ;; SELECT 1; ; END /* x; */ ; -- y;", 1),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC RETURN (SELECT 1 AS \"case\"); END;", 1),
        ("CREATE FUNCTION \"begin\"() RETURNS int LANGUAGE sql AS $$ SELECT 1; COMMIT; END; SELECT 1 $$;", 1),
    ]

    @Test("The server finds as many statements as we do, and would execute a hidden COMMIT", arguments: messages)
    func server(text: String, count: Int) async throws {
        try await TestDatabase.with { database in
            var completed = 0
            // What a script would be sent as, with a history row that fails.
            let message = "BEGIN; CREATE TABLE t ();\n\(text)\n;SELECT 1 / 0; COMMIT;"
            let isCommitted = try await database.withConnection { connection in
                let failure = try await connection.exchange(Array(message.utf8)) { result in
                    if case .completed = result { completed += 1 }
                }
                #expect(failure?.sqlState == SQLState.divisionByZero)
                return try await database.query("SELECT to_regclass('t') IS NOT NULL") == ["t"]
            }
            #expect(completed == 2 + count)
            // Without the refusal, schema and history would part here.
            #expect(isCommitted == (count > 1))
        }
    }

    @Test("It is refused before anything runs, with its place", arguments: messages)
    func refused(text: String, count: Int) async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["CREATE TABLE before ();\n\(text)"])
            if count == 1 {
                try await database.migrate(source)
                #expect(try await database.history() == ["core:1"])
            } else {
                let error = try #require(await database.failure(source))
                #expect(error.description.contains("psql take it for a part of the routine that begins on line 2"))
                #expect(error.description.contains("in double quotes"))
                #expect(error.description.contains("0001_step.sql:"))
                #expect(try await database.tables() == [])
            }
        }
    }

    /// What the server would execute as three statements, and we take for one.
    private static let twoWays = "SELECT 'a\\''; COMMIT; --';"

    @Test(
        "A change of standard_conforming_strings that the file does not show stops it before backslashes are read",
        arguments: [
            "DO $$ BEGIN SET standard_conforming_strings = off; END $$;",
            "UPDATE pg_settings SET setting = 'off' WHERE name = 'standard_conforming_strings';",
        ])
    func unseenSetting(change: String) async throws {
        try await TestDatabase.with { database in
            // The data of a COPY ends a message: the server reads what follows with its new setting.
            let script = "CREATE TABLE t (a int);\n\(change)\nCOPY t FROM stdin;\n1\n\\.\n"
            let error = try #require(await database.failure(ScriptSource([script + Self.twoWays])))
            #expect(error.description.contains("0001_step.sql:6:1: error: standard_conforming_strings is off here"))
            #expect(error.description.contains("change it with SET standard_conforming_strings"))
            #expect(try await database.tables() == [])
            try await database.migrate(ScriptSource([script + "SELECT 'a';"]))
        }
    }

    @Test("A change that the file shows is followed, as psql follows it")
    func seenSetting() async throws {
        try await TestDatabase.with { database in
            for change in [
                "SET standard_conforming_strings = off;",
                "SELECT set_config('standard_conforming_strings', 'off', false);",
            ] {
                let error = try #require(await database.failure(ScriptSource(["\(change)\n\(Self.twoWays)"])))
                #expect(error.description.contains("0001_step.sql:2:15: error: this COMMIT would end our transaction"))
                let source = ScriptSource(["\(change)\nCREATE TABLE t AS SELECT 'a\\'; b' AS x;"])
                try await database.migrate(source)
                #expect(try await database.query("SELECT x FROM t") == ["a'; b"])
                _ = try await database.query("DROP TABLE t, schema_versions")
            }
        }
    }

    @Test("A colon that is refused as a variable is no SQL for the server either")
    func colons() async throws {
        let texts = [
            "SELECT :x", "SELECT (:x)", "SELECT length(:'x')", "SELECT 1 AS :\"x\"", "VALUES (1, :x)", ":x",
            "SELECT :1", "CREATE TABLE t (a int DEFAULT :x)", "SELECT json_build_object('a':b)",
            "SELECT \"json_object\"('{}':x)", "SELECT * FROM t LIMIT :x", "INSERT INTO t VALUES (:'x')",
        ]
        try await TestDatabase.with { database in
            _ = try await database.query("CREATE TABLE slices (a int[]); INSERT INTO slices VALUES ('{1,2,3}')")
            try await database.withConnection { connection in
                for text in texts {
                    #expect(throws: SQLSyntaxError.self, "\(text)") { try SQLScript.statements(in: text) }
                    let failure = try await connection.exchange(Array(text.utf8)) { _ in }
                    #expect(failure?.sqlState == "42601", "\(text): \(failure?.message ?? "no error")")
                }
            }
            try await database.migrate(
                ScriptSource(["CREATE TABLE got AS SELECT a[1:'2'], a[:2] AS b, a['2':cardinality(a)] AS c FROM slices"]
                ))
            #expect(try await database.query("SELECT * FROM got") == ["{1,2}|{1,2}|{2,3}"])
        }
    }
}
