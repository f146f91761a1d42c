// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("What psql takes for a part of a routine")
struct RoutineStatementTests {
    /// Texts that psql sends as one message, and which the server reads as several statements.
    static let several: [(text: String, line: Int, column: Int)] = [
        ("CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCOMMIT; END;", 2, 1),
        ("CREATE OR REPLACE PROCEDURE begin() LANGUAGE sql AS '';\n  VACUUM; SELECT 1 AS end;", 2, 3),
        ("CREATE FUNCTION f() RETURNS begin LANGUAGE sql AS ''; -- é\nCREATE TABLE t (); END;", 2, 1),
        ("CREATE FUNCTION f() RETURNS int SET x.y TO begin LANGUAGE sql AS ''; END;", 1, 70),
        ("CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1 AS case; END; ROLLBACK; END;", 2, 37),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS begin; SELECT (2);;\nend; DROP TABLE t; END;", 2, 6),
        ("CREATE PROCEDURE begin() BEGIN ATOMIC END; COMMIT; END;", 1, 44),
        ("CREATE FUNCTION begin(); (SELECT 1); END;", 1, 26),
        ("create /* begin */ function begin(); begin atomic select 1; end; commit; end; end;", 1, 38),
    ]

    @Test("A statement that the server would execute by itself is refused, with its place", arguments: several)
    func refused(text: String, line: Int, column: Int) throws {
        let error = try #require(throws: SQLSyntaxError.self) { try SQLScript.statements(in: text) }
        #expect(error.code == .statementInsideRoutine)
        #expect([error.line, error.column] == [line, column])
        #expect(error.message.contains("in double quotes"))
    }

    static let one = [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END;",
        "CREATE PROCEDURE p() BEGIN ATOMIC ;; INSERT INTO t VALUES (1); ; END /* x; */ ; -- y;",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC RETURN (CASE WHEN a THEN 1 END); END;",
        "CREATE FUNCTION f(a int DEFAULT 1) RETURNS \"begin\" BEGIN ATOMIC SELECT 1 AS \"end\", 2 AS \"case\"; END;",
        "CREATE FUNCTION \"begin\"() RETURNS int LANGUAGE sql AS $$ SELECT 1; COMMIT; END; $$;",
        "CREATE TABLE begin (); ",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2;);",
    ]

    @Test("What the server reads as one statement is none of these", arguments: one)
    func accepted(text: String) throws {
        #expect(try SQLScript.statements(in: text).count == 1)
    }

    @Test("A BEGIN that is never closed may be a name, says the error")
    func open() throws {
        let error = try #require(throws: SQLSyntaxError.self) {
            try SQLScript.statements(in: "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMIT;")
        }
        #expect(error.code == .unterminatedBlock)
        #expect(error.message.contains("in double quotes"))
    }
}
