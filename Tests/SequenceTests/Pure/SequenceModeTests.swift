// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import PostgresAdapter

@Suite("The mode of a script")
struct SequenceModeTests {
    @Test(
        "A sequence says why it is one, with the place",
        arguments: [
            ("SELECT 1;\n VACUUM;", "line 2, column 2: VACUUM cannot run inside a transaction block"),
            ("BEGIN; COMMIT;\nBEGIN; COMMIT;", "line 2, column 1: the file has several transaction blocks"),
            (
                "DO $$ BEGIN\nCOMMIT; END $$",
                "line 1, column 1: the DO block ends transactions itself, which needs to be outside of one"
            ),
            (
                "ALTER TYPE m ADD VALUE IF NOT EXISTS 'a' BEFORE 'b';\nSELECT 'b'::m;\nSELECT 'a'::m",
                "line 3, column 1: it uses an enum value that the file adds, which is possible only after a commit"
            ),
            (
                "ALTER TYPE m ADD VALUE 'a'; CREATE FUNCTION f() RETURNS m LANGUAGE sql AS $$ SELECT 'a'::m $$",
                "line 1, column 29: it uses an enum value that the file adds, which is possible only after a commit"
            ),
        ])
    func reasons(text: String, expected: String) throws {
        #expect(
            try Reading(text).analysis.executionMode(Migration.Directives()).description == "sequence (\(expected))")
    }

    @Test(
        "Everything else is one transaction",
        arguments: [
            "", "SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3", "CALL p()", "REINDEX TABLE t", "CLUSTER t",
            "ALTER TYPE m ADD VALUE 'a'; SELECT 'b'", "SELECT 'a'; ALTER TYPE m ADD VALUE 'a'", "SELECT 'VACUUM'",
            "DO $$ BEGIN CALL p(); END $$", "DO $$ BEGIN RAISE NOTICE 'COMMIT;'; END $$",
            "DO $$ -- COMMIT;\nBEGIN END $$",
            "DO $$ DECLARE commit int; x int; BEGIN x := commit; END $$", "BEGIN; DO $$ BEGIN COMMIT; END $$; COMMIT",
            "DO LANGUAGE plpython3u $$ print(1) $$",
        ])
    func transactions(text: String) throws {
        #expect(try Reading(text).analysis.executionMode(Migration.Directives()) == .transaction)
    }

    @Test(
        "A DO block that ends transactions is recognised in any dress",
        arguments: [
            "DO $$ BEGIN COMMIT; END $$", "do language plpgsql $x$ begin commit and chain; end $x$",
            "DO 'BEGIN PERFORM ''a''; ROLLBACK; END'", "DO $$ BEGIN IF a THEN COMMIT; END IF; END $$ LANGUAGE plpgsql",
            "DO $$ BEGIN LOOP COMMIT; END LOOP; END $$", "DO $$ BEGIN <<a>> COMMIT; END $$",
            "/* x */ DO -- y\n $$ BEGIN COMMIT; END $$",
            "DO LANGUAGE plpython3u $$ plpy.commit() $$", "DO $$ spi_rollback(); $$ LANGUAGE plperl",
        ])
    func blocks(text: String) throws {
        #expect(try Reading(text).analysis.executionMode(Migration.Directives()).name == "sequence")
    }

    @Test("The directive makes a sequence of any file")
    func directive() throws {
        var directives = Migration.Directives()
        directives.noTransaction = true
        let mode = try Reading("SELECT 1").analysis.executionMode(directives)
        #expect(mode.description == "sequence (the file asks for it: no-transaction)")
    }
}
