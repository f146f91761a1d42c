// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("The place of an error")
struct ErrorPositionTests {
    /// The line and column of a script's error.
    private func place(_ script: String) async throws -> String {
        try await TestDatabase.with { database in
            guard let error = await database.failure(ScriptSource([script])) else { return "no error" }
            let parts = error.description.split(separator: ":", maxSplits: 3)
            guard parts.count == 4, parts[0] == "0001_step.sql" else { return error.description }
            return "\(parts[1]):\(parts[2])"
        }
    }

    @Test(
        "Line and column are those of the file, counted in characters",
        arguments: [
            ("SELECT nope", "1:8"),
            ("\n\n  SELECT nope", "3:10"),
            ("SELECT 'é漢🐘', nope", "1:15"),
            ("CREATE TABLE \"é漢🐘\" (); SELECT nope", "1:31"),
            ("-- é漢🐘\n/* é */ SELECT nope", "2:16"),
            ("SELECT 1;\r\nSELECT nope;\r\n", "2:8"),
            ("\u{FEFF}SELECT nope", "1:8"),
            ("\u{FEFF}SELECT 1;\r\n\tSELECT\tnope", "2:9"),
            ("SELECT 1; SELECT 2; SELECT nope; SELECT 3", "1:28"),
            ("SELECT 1 +\n\n", "1:11"),
            ("SELECT 'x' AS a,\n  1 AS b\n  c d", "3:3"),
            ("SELECT 1;\nSELECT 2;\nSELCT 3;\nSELECT 4;", "3:1"),
            ("BEGIN;\nSELECT nope;\nCOMMIT;", "2:8"),
            ("BEGIN ISOLATION LEVEL\n  SOMETIMES; COMMIT;", "2:3"),
            ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT nope", "2:8"),
            ("SET client_encoding = 'UTF8';\nSELECT 'é', nope", "2:13"),
            ("SELECT 1 -- ;\n, nope", "2:3"),
        ])
    func position(script: String, expected: String) async throws {
        #expect(try await place(script) == expected)
    }

    @Test(
        "Inside the body of a function that is created it is the place in the file",
        arguments: [
            ("SELECT 1;\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n  SELECT 'é', nope\n$$;", "3:15"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$\nBEGIN\n  RETRN 1;\nEND $f$;", "3:3"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n  SELECT nope; END;", "3:10"),
        ])
    func functionBody(script: String, expected: String) async throws {
        #expect(try await place(script) == expected)
    }

    @Test(
        "Where the server names none, it is that of the name that it quotes, or else the statement's beginning",
        arguments: [
            ("SELECT 1;\nALTER TABLE\n  pg_class DROP COLUMN\n  nope", "3:3"),
            ("CREATE TABLE t (id int);\nALTER TABLE t\n  DROP COLUMN nope", "3:15"),
            ("CREATE TABLE t ();\nCREATE TABLE\n t ()", "3:2"),
            ("/* t */ DROP TABLE IF EXISTS pg_catalog.nope; DROP TABLE \"Nope\"", "1:58"),
            ("SELECT 1;\n  SELECT 1 / 0", "2:3"),
            ("SELECT 1;\nDO $$ BEGIN\n  PERFORM 1 / 0;\nEND $$", "2:1"),
            ("SELECT 1; SELECT 2;  SELECT 1 / 0", "1:22"),
        ])
    func named(script: String, expected: String) async throws {
        #expect(try await place(script) == expected)
    }

    @Test("It is right in a statement far into a file of several messages")
    func farDown() async throws {
        let lines = (1...20_000).map { "SELECT 'é', \($0); -- some text to fill the line" }
        #expect(try await place((lines + ["SELECT 'é', nope;"]).joined(separator: "\n")) == "20001:13")
    }

    @Test("It is right in a very long line, of which only a part is shown")
    func longLine() async throws {
        let line = "SELECT " + (1...30_000).map { "'é\($0)'" }.joined(separator: ", ")
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(ScriptSource(["SELECT 1;\n\(line), nope FROM nowhere"])))
            let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0].hasPrefix("0001_step.sql:2:"))
            #expect(lines.allSatisfy { $0.count < 200 })
            let mark = try #require(lines[2].firstIndex(of: "^"))
            #expect(lines[1].dropFirst(lines[2].distance(from: lines[2].startIndex, to: mark)).hasPrefix("nowhere"))
        }
    }
}
