// SPDX-License-Identifier: Apache-2.0

import Testing

/// Statements of which nothing in the database tells whether they were done.
@Suite("strata resolve", .timeLimit(.minutes(60)))
struct ResolveTests {
    private static let call = "CREATE TABLE before (id int);\n\nCALL fill();\nCREATE TABLE after (id int);"

    /// Leaves a database whose run was killed in a procedure that had committed its first part.
    private static func interruptCall(_ stage: Stage) async throws {
        try await stage.preparePause()
        try stage.write([
            "0001_procedure.sql": """
            CREATE TABLE filled (part int);
            CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO filled VALUES (1);
                COMMIT;
                PERFORM pg_sleep(seconds) FROM pause;
                INSERT INTO filled VALUES (2);
            END $$;
            """,
            "0002_call.sql": "-- strata: no-transaction\n" + call,
        ])
        let killed = try await stage.strata("migrate") { run in
            try await stage.wait(until: "SELECT coalesce(to_regclass('filled')::text, '')", is: "filled")
            try await stage.wait(until: "SELECT count(*) FROM filled", is: "1")
            run.kill()
        }
        #expect(killed.status == Outcome.killed)
        try await stage.waitUntilServerStopped("fill()")
        try await stage.hurry()
    }

    private static let account = [
        "0002_call.sql:4:1: error: whether this statement (2 of 3) was done is not known: it was started at 20",
        "and no run saw it succeed", "    4 | CALL fill();\n", "check in the database what it was to do",
        "strata resolve core:2 --statement 2 --done, or --redo to execute it again",
        "Statement 1 of 3 of 0002_call.sql is done",
    ]

    @Test("Until somebody answers, every run stops with the exact account, and executes nothing")
    func account() async throws {
        try await Stage.with { stage in
            try await Self.interruptCall(stage)
            #expect(
                try await stage.strata("status").lines.last
                    == "0002 | 0002_call.sql                 | INCOMPLETE (1 of 3 statements)")
            for _ in 0..<2 {
                let outcome = try await stage.strata("migrate", "--json")
                for text in Self.account { outcome.expect(4, saying: text) }
                #expect(try outcome.document().error?.failed?.file == "0002_call.sql")
            }
            #expect(try await stage.query("SELECT part FROM filled") == "1")
            #expect(try await stage.tables() == ["before", "filled", "pause"])
        }
    }

    @Test("--done goes on behind the statement")
    func done() async throws {
        try await Stage.with { stage in
            try await Self.interruptCall(stage)
            let outcome = try await stage.strata("resolve", "2", "--statement", "2", "--done")
            outcome.expect(0)
            #expect(outcome.output == "statement 2 of core:2: done; now run strata migrate\n")
            #expect(try await stage.strata("status").lines.last?.hasSuffix("| INCOMPLETE (2 of 3 statements)") == true)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT part FROM filled") == "1")
            #expect(try await stage.tables() == ["after", "before", "filled", "pause"])
        }
    }

    @Test("--redo executes it again")
    func redo() async throws {
        try await Stage.with { stage in
            try await Self.interruptCall(stage)
            let outcome = try await stage.strata("resolve", "core:0002", "--statement", "2", "--redo", "--json")
            outcome.expect(0)
            let document = try outcome.document()
            #expect(document.statement == 2)
            #expect(document.answer == "redo")
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT string_agg(part::text, ' ') FROM filled") == "1 1 2")
            #expect(try await stage.tables() == ["after", "before", "filled", "pause"])
        }
    }

    @Test("A file that was edited in that statement is refused until the statement is resolved")
    func edited() async throws {
        try await Stage.with { stage in
            try await Self.interruptCall(stage)
            try stage.write(
                "0002_call.sql",
                "-- strata: no-transaction\n" + Self.call.replacing("CALL fill()", with: "CALL  fill()"))
            try await stage.strata("migrate").expect(
                4, saying: "0002_call.sql:4:1: error: whether this statement (2 of 3) was done is not known",
                "strata resolve core:2 --statement 2 --done, or --redo")
            #expect(try await stage.query("SELECT string_agg(part::text, ' ') FROM filled") == "1")
            try await stage.strata("resolve", "2", "--statement", "2", "--redo").expect(0)
            try await stage.strata("migrate").expect(0)
        }
    }

    @Test("A statement that waits for no answer: 4, and one document with --json", arguments: ["1", "3", "9"])
    func notWaiting(statement: String) async throws {
        try await Stage.with { stage in
            try await Self.interruptCall(stage)
            let outcome = try await stage.strata("resolve", "2", "--statement", statement, "--done", "--json")
            outcome.expect(4, saying: "statement \(statement) of core:2 is not waiting for an answer")
            #expect(try outcome.document().error?.status == 4)
        }
    }
}
