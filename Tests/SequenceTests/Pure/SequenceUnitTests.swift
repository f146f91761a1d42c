// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("SequenceUnit")
struct SequenceUnitTests {
    @Test(
        "Neighbours share a transaction; what ends transactions, or refuses to be in one, is alone",
        arguments: [
            ("", []), ("SELECT 1", ["1"]), ("SELECT 1; SELECT 2; SELECT 3", ["1-3"]), ("VACUUM", ["1!"]),
            ("SELECT 1; VACUUM; SELECT 2; SELECT 3", ["1", "2!", "3-4"]), ("VACUUM; VACUUM", ["1!", "2!"]),
            ("BEGIN; SELECT 1; SELECT 2; COMMIT; SELECT 3; SELECT 4", ["1-2", "3-4"]),
            ("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;", ["1", "2"]), ("BEGIN; COMMIT; SELECT 1", ["1"]),
            ("CALL p(); SELECT 1", ["1!", "2"]), ("BEGIN; CALL p(); SELECT 1; COMMIT", ["1-2"]),
            ("SELECT 1; ALTER TYPE m ADD VALUE 'a'; SELECT 'a'::m", ["1-2", "3"]),
            ("ALTER TYPE m ADD VALUE 'a'; ALTER TYPE m ADD VALUE 'b'; SELECT 1", ["1", "2", "3"]),
            ("BEGIN; ALTER TYPE m ADD VALUE 'a'; SELECT 1; COMMIT", ["1-2"]),
            ("DO $$ BEGIN COMMIT; END $$; SELECT 1", ["1!", "2"]), ("DO $$ BEGIN NULL; END $$; SELECT 1", ["1-2"]),
            ("REINDEX TABLE p; SELECT 1; CLUSTER p USING i", ["1!", "2", "3!"]),
            ("SAVEPOINT a; SELECT 1; ROLLBACK TO a", ["1-3"]),
            ("COPY t FROM stdin;\n1\n\\.\nSELECT 1;", ["1-2"]),
        ])
    func grouping(text: String, expected: [String]) throws {
        #expect(try Reading(text).units == expected)
    }

    @Test("A border divides what would be together, also inside a block of the file's own")
    func borders() throws {
        let script = try Reading("SELECT 1; SELECT 2; BEGIN; SELECT 3; SELECT 4; COMMIT; VACUUM").script
        #expect(
            script.units(borders: [1, 3, 4, 9]).map(\.statements) == [0..<1, 1..<2, 2..<3, 3..<4, 4..<5])
    }

    @Test("The checksum tells every change of text and data, and none of what is between statements")
    func checksum() throws {
        func checksum(_ text: String) throws -> String { try Reading(text).script.units()[0].checksum }
        let base = try checksum("COPY t FROM stdin;\n1\n\\.\nSELECT 1;")
        #expect(try checksum("-- other\n\nCOPY t FROM stdin;\n1\n\\.\n\n/* x */ SELECT 1;") == base)
        for other in [
            "COPY t FROM stdin;\n2\n\\.\nSELECT 1;", "COPY t FROM stdin;\n1\n\\.\nSELECT 2;",
            "COPY t FROM stdin;\n1\n\\.\n",
            "COPY u FROM stdin;\n1\n\\.\nSELECT 1;",
        ] {
            #expect(try checksum(other) != base, "\(other)")
        }
    }

    @Test("A block that asks for modes begins with its own BEGIN")
    func modes() throws {
        let units = try Reading("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT")
            .script.units()
        let hasBegin = units.map { unit in
            if case .transaction(.some) = unit.kind { true } else { false }
        }
        #expect(hasBegin == [true, false])
    }

    @Test(
        "What changes settings of the session is known",
        arguments: [
            ("SET search_path = a", true), ("set session work_mem = '1MB'", true), ("SET ROLE r", true),
            ("SET SESSION AUTHORIZATION r", true), ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", true),
            ("SET NAMES 'LATIN1'", true), ("SET TIME ZONE 'UTC'", true), ("SET LOCAL work_mem = '1MB'", false),
            ("SET CONSTRAINTS ALL DEFERRED", false), ("SET TRANSACTION READ ONLY", false), ("RESET work_mem", true),
            ("RESET ALL", true), ("SELECT set_config('search_path', '', false)", true),
            ("SELECT pg_catalog.set_config('search_path', '', false)", true), ("SELECT 1", false),
            ("SELECT config FROM set_config('a.b', '', false)", false), ("UPDATE t SET a = 1", false),
            ("INSERT INTO set VALUES (1)", false),
            ("CREATE FUNCTION f() RETURNS int SET work_mem = '1MB' RETURN 1", false),
        ])
    func settings(text: String, expected: Bool) throws {
        let script = try Reading("SELECT 0; \(text); SELECT 2").script
        #expect(script.sessionSettings(of: script.units()[0]) == (expected ? [1] : []))
    }
}
