// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("What scripts make of procedures")
struct KnownProceduresTests {
    private func tokens(_ statement: String) -> StatementTokens { StatementTokens(Array(statement.utf8)) }

    private func known(_ statements: String...) -> KnownProcedures {
        var known = KnownProcedures()
        for statement in statements { known.take(tokens(statement)) }
        return known
    }

    private static let commits = " LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$"
    private static let quiet = " LANGUAGE plpgsql AS $$ BEGIN NULL; END $$"

    @Test("A definition tells name, number of arguments and body")
    func definition() throws {
        let statement = """
            create or REPLACE procedure app."My p" (a int DEFAULT f(1, 2), INOUT b numeric(10, 2), c int[] = ARRAY[1, 2], OUT d text)
            LANGUAGE 'plpgsql' AS $body$ BEGIN COMMIT; END $body$
            """
        let definition = try #require(ProcedureDefinition(tokens(statement)))
        #expect(definition.name.parts == ["app", "My p"])
        #expect(definition.arguments == 4)
        #expect(definition.replaces)
        #expect(definition.body.endsTransactions)
    }

    @Test(
        "The parts of a definition may come in any order, and the body in any quotes",
        arguments: [
            "CREATE PROCEDURE p()" + commits, "CREATE PROCEDURE p() AS $$ BEGIN COMMIT; END $$ LANGUAGE plpgsql",
            "CREATE PROCEDURE p() AS 'BEGIN PERFORM ''x''; COMMIT; END' LANGUAGE PLPGSQL",
        ])
    func order(statement: String) {
        #expect(ProcedureDefinition(tokens(statement))?.body.endsTransactions == true)
    }

    @Test(
        "Everything else is no definition, or one that leaves transactions alone",
        arguments: [
            "CREATE FUNCTION p() RETURNS void" + commits, "CREATE TABLE p ()", "ALTER PROCEDURE p() RENAME TO q",
            "CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END", "CREATE PROCEDURE p() AS 'COMMIT' LANGUAGE sql",
            "CREATE PROCEDURE p", "CREATE PROCEDURE p(",
        ])
    func others(statement: String) {
        #expect(ProcedureDefinition(tokens(statement))?.body.endsTransactions != true)
    }

    @Test("A name without a schema can mean one with any schema; two schemas have to be the same")
    func names() {
        let procedures = known("CREATE PROCEDURE app.p()" + Self.commits)
        #expect(procedures.bodies(of: QualifiedName(parts: ["p"])).count == 1)
        #expect(procedures.bodies(of: QualifiedName(parts: ["app", "p"])).count == 1)
        #expect(procedures.bodies(of: QualifiedName(parts: ["other", "p"])).isEmpty)
        #expect(procedures.bodies(of: QualifiedName(parts: ["q"])).isEmpty)
    }

    @Test("A definition replaces one with as many arguments, and overloads others")
    func replacing() {
        let name = QualifiedName(parts: ["p"])
        let procedures = known(
            "CREATE PROCEDURE p(a int)" + Self.commits, "CREATE OR REPLACE PROCEDURE p(b text)" + Self.quiet,
            "CREATE PROCEDURE p()" + Self.commits)
        #expect(procedures.bodies(of: name).map(\.endsTransactions) == [false, true])
        #expect(!procedures.keeps(name, arguments: 1))
        #expect(procedures.keeps(name, arguments: 0))
    }

    @Test(
        "What is dropped is gone",
        arguments: ["DROP PROCEDURE p", "DROP PROCEDURE IF EXISTS p(int)", "DROP ROUTINE public.p"])
    func dropping(statement: String) {
        let name = QualifiedName(parts: ["p"])
        let procedures = known("CREATE PROCEDURE p()" + Self.commits, statement)
        #expect(procedures.bodies(of: name).isEmpty)
        #expect(!procedures.keeps(name, arguments: 3))
        #expect(procedures.keeps(QualifiedName(parts: ["q"]), arguments: 3))
    }

    @Test(
        "Where a script says names are looked up",
        arguments: [
            ("SET search_path = app, \"My s\", 'x'", SearchPath.schemas(["app", "My s", "x"])),
            ("SET LOCAL search_path TO app", .schemas(["app"])), ("SET SESSION search_path TO DEFAULT", .session),
            ("SET SCHEMA 'app'", .schemas(["app"])), ("SELECT set_config('search_path', 'a', false)", .unknown),
            ("SELECT pg_catalog.set_config('search_path', '', false)", .unknown), ("RESET ALL", .session),
            ("RESET search_path", .session), ("SET work_mem = '8MB'", .schemas(["before"])),
            ("RESET work_mem", .schemas(["before"])), ("SELECT 1", .schemas(["before"])),
        ])
    func searchPath(statement: String, path: SearchPath) {
        var now = SearchPath.schemas(["before"])
        now.take(tokens(statement))
        #expect(now == path)
    }
}
