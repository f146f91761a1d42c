// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("What a routine's body does to transactions")
struct RoutineBodyTests {
    @Test(
        "COMMIT and ROLLBACK count where a statement of PL/pgSQL begins",
        arguments: [
            ("BEGIN COMMIT; END", true), ("BEGIN ROLLBACK; END", true), ("BEGIN commit and chain; END", true),
            ("BEGIN IF x THEN COMMIT; END IF; END", true), ("BEGIN LOOP COMMIT; END LOOP; END", true),
            ("BEGIN <<a>> COMMIT; END", true), ("BEGIN PERFORM 1; /* ; */ COMMIT -- now\n; END", true),
            ("BEGIN IF x THEN NULL; ELSE ROLLBACK; END IF; END", true), ("BEGIN NULL; END", false),
            ("BEGIN PERFORM 'COMMIT;'; END", false), ("BEGIN /* COMMIT; */ -- COMMIT;\n NULL; END", false),
            ("DECLARE commit int; BEGIN commit := 1; END", false), ("BEGIN RETURN $x$;COMMIT;$x$; END", false),
            ("BEGIN \"commit\" := 1; END", false), ("", false),
        ])
    func plpgsql(text: String, ends: Bool) {
        #expect(RoutineBody(text, language: "plpgsql").endsTransactions == ends)
    }

    @Test(
        "In other languages a function does it",
        arguments: [
            ("plpython3u", "plpy.execute('x')\nplpy.commit()", true), ("plperl", "spi_commit();", true),
            ("plperl", "my $a = 'spi_commit';", false), ("pltcl", "spi_exec {x}\ncommit", true),
            ("sql", "COMMIT", false),
        ])
    func others(language: String, text: String, ends: Bool) {
        let body = RoutineBody(text, language: language)
        #expect(body.endsTransactions == ends)
        #expect(body.calls.isEmpty)
    }

    @Test("The procedures that it calls are named, as they are written")
    func calls() {
        let text = """
            DECLARE call int;
            BEGIN
              call := 1;
              CALL a();
              IF call > 0 THEN CALL app."B c"(1, f(2)); END IF;
              PERFORM 'CALL d()';
              -- CALL e();
            END
            """
        let body = RoutineBody(text, language: "plpgsql")
        #expect(body.calls.map(\.parts) == [["a"], ["app", "B c"]])
        #expect(!body.endsTransactions)
    }

    @Test(
        "A DO block has a body and a language, in either order",
        arguments: [
            ("DO $$ BEGIN COMMIT; END $$", true), ("DO LANGUAGE plpgsql 'BEGIN COMMIT; END'", true),
            ("DO 'BEGIN COMMIT; END' LANGUAGE 'plpgsql'", true), ("DO LANGUAGE 'sql' $$BEGIN COMMIT; END$$", false),
            ("DO LANGUAGE plperl 'spi_commit()'", true), ("DO $$ BEGIN PERFORM 'it''s'; END $$", false),
        ])
    func doBlock(statement: String, ends: Bool) {
        #expect(DoBlock(StatementTokens(Array(statement.utf8))).endsTransactions == ends)
    }
}
