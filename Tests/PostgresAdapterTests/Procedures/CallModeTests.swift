// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

/// How scripts that call procedures are planned and executed.
@Suite("A CALL of a procedure that ends transactions")
struct CallModeTests {
    /// Procedures, each of which leaves its name in a table, and some of which commit.
    private static func procedure(_ name: String, _ body: String = "COMMIT;") -> String {
        "CREATE PROCEDURE \(name) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES ('\(name)'); \(body) END $$;"
    }

    private static let setup =
        ["CREATE TABLE log (t text)", "CREATE SCHEMA app", "CREATE SCHEMA hidden"]
        + [
            procedure("ends()"), procedure("undoes()", "ROLLBACK;"), procedure("quiet()", ""),
            procedure("outer_one()", "CALL middle();"), procedure("middle()", "CALL app.inner_one(1);"),
            procedure("app.inner_one(a int)", "IF a = 1 THEN COMMIT AND CHAIN; END IF;"),
            procedure("round()", "IF false THEN CALL trip(); END IF;"), procedure("trip()", "CALL round();"),
            procedure("hidden.veiled()"), procedure("app.veiled()", ""), procedure("app.reachable()"),
            procedure("many(a int)", ""), procedure("many(a text)"),
            "CREATE FUNCTION same() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
        ]

    private func reason(_ subject: String, _ place: String = "line 1, column 1") -> String {
        "sequence (\(place): \(subject), which needs to be outside of one)"
    }

    private func modes(_ scripts: [String], in database: TestDatabase) async throws -> [String] {
        try await database.runner(ScriptSource(scripts)).plan().steps.map { $0.mode?.description ?? "none" }
    }

    static let cases: [(script: String, mode: String?)] = [
        ("CALL ends()", "the procedure ends ends transactions itself"),
        ("CALL public.ends();", "the procedure public.ends ends transactions itself"),
        ("CALL \"ends\"();", "the procedure ends ends transactions itself"),
        ("/* */ CALL undoes()", "the procedure undoes ends transactions itself"),
        ("CALL outer_one()", "the procedure outer_one ends transactions itself (in app.inner_one)"),
        ("DO $$ BEGIN CALL middle(); END $$", "the DO block ends transactions itself (in app.inner_one)"),
        ("CALL many(1)", "the procedure many ends transactions itself"),
        ("SET search_path = app, public; CALL reachable()", "the procedure reachable ends transactions itself"),
        (
            "SELECT set_config('search_path', 'app', false); CALL reachable()",
            "the procedure reachable ends transactions itself"
        ),
        ("SET search_path TO \"$user\", app; CALL reachable()", "the procedure reachable ends transactions itself"),
        ("CALL quiet()", nil), ("CALL round()", nil), ("SELECT same()", nil),
        ("SET search_path = app; CALL veiled()", nil), ("DO $$ BEGIN CALL quiet(); END $$", nil),
        ("CREATE OR REPLACE PROCEDURE ends() LANGUAGE plpgsql AS 'BEGIN END'; CALL ends()", nil),
        ("DROP PROCEDURE undoes(); CREATE PROCEDURE undoes() LANGUAGE sql AS 'SELECT 1'; CALL undoes();", nil),
    ]

    @Test("The catalog tells, through calls of calls; what it says is planned and done", arguments: cases)
    func catalog(script: String, subject: String?) async throws {
        try await TestDatabase.with { database in
            for statement in Self.setup { try await database.query(statement) }
            let mode = try #require(try await modes([script], in: database).first)
            if let subject {
                #expect(mode.hasPrefix("sequence (line 1, column ") && mode.contains(": \(subject), which"), "\(mode)")
            } else {
                #expect(mode == "transaction")
            }
            let events = EventLog()
            #expect(try await database.migrate(ScriptSource([script]), events: events) == ["0001_step.sql"])
            #expect(events.plannedModes == [mode])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("Files tell as well, the same one or one before it, whatever is in the database yet")
    func files() async throws {
        try await TestDatabase.with { database in
            let scripts = [
                "CREATE TABLE log (t text);\n" + Self.procedure("p()") + "\nCALL p();",
                Self.procedure("q(a int)", "CALL p();"),
                "CREATE TABLE t ();\nCALL q(1);",
                "CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
                "CALL q(2);",
            ]
            let expected = [
                reason("the procedure p ends transactions itself", "line 3, column 1"), "transaction",
                reason("the procedure q ends transactions itself (in p)", "line 2, column 1"), "transaction",
                "transaction",
            ]
            #expect(try await modes(scripts, in: database) == expected)
            var texts = ScriptModes()
            let source = ScriptSource(scripts)
            for (index, script) in scripts.enumerated() {
                let migration = try #require(source.migration(ScriptSource.path(index + 1)))
                let mode = try texts.executionMode(of: migration, script: MigrationScript(script))
                #expect(mode.description == expected[index])
            }
            try await database.migrate(source)
            #expect(try await database.query("SELECT count(*), count(DISTINCT t) FROM log") == ["4|2"])
            #expect(try await database.history().count == 5)
        }
    }

    @Test("What no words told is found when the script's turn comes")
    func madeByBlock() async throws {
        try await TestDatabase.with { database in
            let scripts = [
                "DO $x$ BEGIN EXECUTE 'CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$'; END $x$",
                "CALL p()",
            ]
            #expect(try await modes(scripts, in: database) == ["transaction", "transaction"])
            try await database.migrate(ScriptSource(scripts))
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }

    @Test("The search path is the one that the database or the role presets")
    func presetPath() async throws {
        try await TestDatabase.with { database in
            for statement in Self.setup { try await database.query(statement) }
            #expect(try await modes(["CALL veiled()"], in: database) == ["transaction"])
            try await database.query("ALTER DATABASE \(database.name) SET search_path = hidden, public")
            #expect(
                try await modes(["CALL veiled()"], in: database) == [
                    reason("the procedure veiled ends transactions itself")
                ])
            try await database.migrate(ScriptSource(["CALL veiled()"]))
            #expect(try await database.query("SELECT t FROM public.log") == ["hidden.veiled()"])
        }
    }

    @Test("--single-transaction refuses it before anything is executed")
    func singleTransaction() async throws {
        try await TestDatabase.with { database in
            for statement in Self.setup { try await database.query(statement) }
            let source = ScriptSource(["CREATE TABLE t ()", "CALL outer_one()"])
            let error = try #require(await database.failure(source, options: RunOptions(singleTransaction: true)))
            #expect(error.code == .refused)
            #expect(error.description.contains("line 1, column 1: the procedure outer_one ends transactions itself"))
            #expect(try await database.tables() == ["log"])
        }
    }

    @Test("Inside a block of the file's own it fails, and the message says what to do")
    func ownBlock() async throws {
        try await TestDatabase.with { database in
            for statement in Self.setup { try await database.query(statement) }
            let script = "BEGIN;\nCALL ends();\nCOMMIT;"
            #expect(try await modes([script], in: database) == ["transaction"])
            let error = try #require(await database.failure(ScriptSource([script])))
            #expect(error.description.contains("0001_step.sql:2:1: error: invalid transaction termination (2D000)"))
            #expect(error.description.contains("hint: what commits has to run outside of a transaction: end the block"))
        }
    }

    @Test("Only a script that calls a procedure costs a query, and one is enough unless bodies call further ones")
    func queries() async throws {
        try await TestDatabase.with(on: .logging) { database in
            for statement in Self.setup { try await database.query(statement) }
            func count(_ scripts: [String]) async throws -> Int {
                let before = try database.server.log().split(separator: "[\(database.name)] ").count
                _ = try await modes(scripts, in: database)
                // The log is written before the answer is sent, so all of it is there.
                return try database.server.log().split(separator: "[\(database.name)] ").count - before
            }
            let ordinary = try await count(["CREATE TABLE a ()", "DO $$ BEGIN END $$", "SELECT 'CALL ends()'"])
            #expect(try await count(["VACUUM; CALL ends()", "BEGIN; CALL quiet(); COMMIT"]) == ordinary)
            #expect(try await count(["CREATE TABLE a ()", "CALL quiet(); CALL many(1); CALL none()"]) == ordinary + 1)
            #expect(try await count([Self.procedure("p()") + "CALL p()"]) == ordinary)
            #expect(try await count(["CALL outer_one()"]) == ordinary + 3)
        }
    }

    @Test("A session that is lost while it is asked is no fault of the script")
    func lostSession() async throws {
        try await TestDatabase.with { database in
            for statement in Self.setup { try await database.query(statement) }
            let session = try await PostgresVersionStore(database.configuration()).openSession()
            await session.close()
            let source = ScriptSource(["CALL ends()"])
            let migration = try #require(source.migration("0001_step.sql"))
            let error = await #expect(throws: PostgresError.self) {
                try await session.executionMode(of: migration, script: MigrationScript("CALL ends()"))
            }
            #expect(error?.category == .unavailable)
        }
    }
}

extension EventLog {
    /// The modes that the run announced.
    fileprivate var plannedModes: [String] {
        events.compactMap { event in
            if case .planned(let plan) = event { plan.steps.map { $0.mode?.description ?? "none" } } else { nil }
        }.flatMap(\.self)
    }
}
