// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Dumps of `pg_dump`, unchanged, as the first migration.
@Suite("A dump is a migration", .timeLimit(.minutes(60)))
struct DumpTests {
    /// Ways to take a dump.
    enum Kind: String, CaseIterable, Sendable {
        case schema = "--schema-only"
        case data = "--blobs"
        case inserts = "--inserts"
        case columns = "--column-inserts"
        case rows = "--rows-per-insert=7 --on-conflict-do-nothing"
        case clean = "--clean --if-exists"
        case quoted =
            "--quote-all-identifiers --disable-triggers --disable-dollar-quoting --load-via-partition-root"
        case security = "--use-set-session-authorization --enable-row-security --serializable-deferrable"

        var options: [String] { rawValue.split(separator: " ").map(String.init) }
        /// What has to be equal in the end.
        var comparison: [String] { self == .schema ? ["--schema-only"] : ["--blobs"] }
    }

    @Test("The database is the one that was dumped, and the next file finds a clean session", arguments: Kind.allCases)
    func unchanged(kind: Kind) async throws {
        let (dump, expected) = try await Stage.with { stage in
            try await stage.makeEverything()
            return (try await stage.dump(kind.options), try await stage.content(kind.comparison))
        }
        try await Stage.with { stage in
            try stage.write("0001_baseline.sql", Self.restricted(dump))
            try await stage.expectRun(into: expected, kind.comparison)
        }
    }

    @Test("A dump in three sections is three migrations")
    func sections() async throws {
        let sections = ["pre-data", "data", "post-data"]
        let (dumps, expected) = try await Stage.with { stage in
            try await stage.makeEverything()
            var dumps: [String] = []
            for section in sections { dumps.append(try await stage.dump(["--section=\(section)"])) }
            return (dumps, try await stage.content(["--blobs"]))
        }
        try await Stage.with { stage in
            for (index, dump) in dumps.enumerated() {
                try stage.write("000\(index + 1)_\(sections[index]).sql", Self.restricted(dump))
            }
            try await stage.expectRun(into: expected, ["--blobs"])
        }
    }

    /// Newer versions of pg_dump give each large object a block of its own.
    @Test("Large objects in several transaction blocks are a sequence")
    func largeObjects() async throws {
        let write = { @Sendable (object: Int, text: String) -> String in
            """
            SELECT pg_catalog.lo_create('\(object)');
            ALTER LARGE OBJECT \(object) OWNER TO CURRENT_USER;
            BEGIN;

            SELECT pg_catalog.lo_open('\(object)', 131072);
            SELECT pg_catalog.lowrite(0, '\\x\(text.utf8.map { String($0, radix: 16) }.joined())');
            SELECT pg_catalog.lo_close(0);

            COMMIT;

            """
        }
        try await Stage.with { stage in
            let head =
                "\\restrict a1\n\nSET standard_conforming_strings = on;\n"
                + "SELECT pg_catalog.set_config('search_path', '', false);\n"
            try stage.write(
                "0001_baseline.sql", head + write(70_001, "one; \\ ") + write(70_002, "two") + "\n\\unrestrict a1\n")
            try stage.write("0002_after.sql", "CREATE TABLE after_dump ();")
            let plan = try #require(try await stage.strata("validate", "--json").document().plan)
            #expect(plan.map(\.mode) == ["sequence", "transaction"])
            try await stage.strata("migrate").expect(0)
            #expect(
                try await stage.query(
                    "SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata ORDER BY oid")
                    == "one; \\ \ntwo")
            #expect(try await stage.tables() == ["after_dump"])
        }
    }

    @Test("A dump that connects to a database of its own is refused with the reason")
    func create() async throws {
        try await Stage.with { stage in
            try stage.write("0001_baseline.sql", try await stage.dump(["--create"]))
            try await stage.strata("migrate").expect(
                4, saying: "error: \\connect belongs to psql", "make dumps without pg_dump's option --create",
                "Nothing was executed.")
            #expect(try await stage.history() == [])
        }
    }

    @Test("A dump that psql cannot read, of a function called begin, is refused with the reason")
    func functionCalledBegin() async throws {
        try await Stage.with { stage in
            _ = try await stage.query(
                "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE last_one ()")
            let dump = try await stage.dump([])
            _ = try await stage.query("DROP FUNCTION begin(); DROP TABLE last_one")
            try stage.write("0001_baseline.sql", Self.restricted(dump))
            try await stage.strata("migrate").expect(
                4, saying: "of the BEGIN on line", "if that is a name, write it in double quotes",
                "Nothing was executed.")
            #expect(try await stage.tables() == [])
        }
    }

    /// The dump as the versions of pg_dump write it that know `\restrict`.
    private static func restricted(_ dump: String) -> String {
        dump.contains("\n\\restrict ") ? dump : "\\restrict aB1\n\n\(dump)\n\\unrestrict aB1\n\n"
    }
}

extension Stage {
    /// Makes a database with one of everything.
    fileprivate func makeEverything() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/dumps/everything.sql").standardizedFileURL.path
        let arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file]
        try await tool("psql").run(arguments, in: scratch).requireStatus(0)
    }

    fileprivate func dump(_ options: [String]) async throws -> String {
        let dump = try await tool("pg_dump").run(options + ["-d", url], in: scratch)
        try dump.requireStatus(0)
        return dump.output
    }

    /// A dump without our own tables and those of the test, and without the key that is new each time.
    fileprivate func content(_ options: [String]) async throws -> String {
        let own = ["public.schema_versions*", "public.before_dump", "public.after_dump"]
        return try await dump(options + own.map { "--exclude-table=\($0)" })
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("\\restrict ") && !$0.hasPrefix("\\unrestrict ") }
            .joined(separator: "\n")
    }

    /// Runs the migrations with a file before and after, and compares what they made.
    fileprivate func expectRun(into expected: String, _ comparison: [String]) async throws {
        for (file, table) in [("0000_before.sql", "before_dump"), ("99999_after.sql", "after_dump")] {
            // The name is without a schema, as people write it.
            try write(
                file,
                "CREATE TABLE \(table) AS SELECT name, setting FROM pg_settings WHERE source = 'session';")
        }
        try await strata("migrate").expect(0)
        let result = try await content(comparison)
        #expect(result.contains("CREATE EVENT TRIGGER log_ddl"))
        #expect(result == expected, "\(Self.firstDifference(result, expected))")
        #expect(
            try await query(
                "(TABLE after_dump EXCEPT TABLE before_dump) UNION ALL (TABLE before_dump EXCEPT TABLE after_dump)")
                == "")
        try await strata("status", "--check").expect(0)
    }

    private static func firstDifference(_ one: String, _ other: String) -> String {
        let lines = zip(one.split(separator: "\n"), other.split(separator: "\n"))
        return lines.first { $0 != $1 }.map { "\($0)\n\($1)" } ?? "one ends before the other"
    }
}
