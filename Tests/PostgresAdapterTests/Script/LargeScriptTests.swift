// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A large script")
struct LargeScriptTests {
    @Test("Several megabytes of statements are executed, each once and in order")
    func manyMessages() async throws {
        try await TestDatabase.with { database in
            let filler = String(repeating: "é", count: 5000)
            let inserts = (1...400).map { "INSERT INTO t (number, filler) VALUES (\($0), '\(filler)');" }
            let script = ["CREATE TABLE t (id serial, number int, filler text);"] + inserts
            try await database.migrate(ScriptSource([script.joined(separator: "\n"), "SELECT 1"]))
            let row = try await database.query("SELECT count(*), bool_and(id = number), min(length(filler)) FROM t")
            #expect(row == ["400|t|5000"])
        }
    }

    @Test("A single statement of several megabytes is executed")
    func largeStatement() async throws {
        try await TestDatabase.with { database in
            let text = String(repeating: "é漢", count: 1_000_000)
            try await database.migrate(
                ScriptSource([
                    "CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE u AS SELECT '\(text)'::text AS a; CREATE TABLE v ()"
                ]))
            #expect(try await database.query("SELECT length(a), octet_length(a) FROM u") == ["2000000|5000000"])
            #expect(try await database.tables() == ["t", "u", "v"])
        }
    }

    @Test("10,000 statements are executed")
    func manyStatements() async throws {
        try await TestDatabase.with { database in
            let statements = Array(repeating: "SELECT nextval('s');", count: 10_000)
            try await database.migrate(ScriptSource([(["CREATE SEQUENCE s;"] + statements).joined(separator: "\n")]))
            #expect(try await database.query("SELECT last_value FROM s") == ["10000"])
        }
    }

    @Test("Megabytes of COPY data arrive")
    func copyData() async throws {
        try await TestDatabase.with { database in
            let rows = (1...50_000).map { "\($0)\té row of some length, so that all of it is megabytes\n" }.joined()
            try await database.migrate(
                ScriptSource(["CREATE TABLE t (id int, text text);\nCOPY t FROM stdin;\n\(rows)\\.\nCREATE TABLE u ();"]
                ))
            #expect(try await database.query("SELECT count(*), sum(id) FROM t") == ["50000|1250025000"])
            #expect(try await database.tables() == ["t", "u"])
        }
    }

    @Test("A failure in a late message undoes the early ones")
    func lateFailure() async throws {
        try await TestDatabase.with { database in
            let filler = String(repeating: "x", count: 100_000)
            let inserts = (1...20).map { "CREATE TABLE t\($0) AS SELECT '\(filler)' AS a;" }
            let error = try #require(
                await database.failure(ScriptSource([(inserts + ["SELECT nope"]).joined(separator: "\n")])))
            #expect(error.description.hasPrefix("0001_step.sql:21:8: error: "))
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
        }
    }

    @Test("A server that talks while it is being sent megabytes does not get stuck with us", .timeLimit(.minutes(15)))
    func bothWays() async throws {
        try await TestDatabase.with { database in
            let talk = "DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE '%', repeat('x', 100); END LOOP; END $$;"
            let text = String(repeating: "x", count: 4_000_000)
            let events = EventLog()
            try await database.migrate(ScriptSource(["\(talk)\nSELECT '\(text)';\n\(talk)"]), events: events)
            #expect(events.notices.count == 40_000)
        }
    }
}
