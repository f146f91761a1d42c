// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("strata validate", .timeLimit(.minutes(60)))
struct ValidateTests {
    @Test("Valid files are counted, without any database")
    func valid() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "SELECT 1")
        let one = try await Program.strata().run(["validate"], in: scratch)
        one.expect(0)
        #expect(one.output == "1 migration is valid\n")
        try scratch.write("migrations/seed/0001_a.sql", "VACUUM")
        let two = try await Program.strata().run(["validate", "--json"], in: scratch)
        two.expect(0)
        #expect(try two.document().plan?.map(\.mode) == ["transaction", "sequence"])
        #expect(try two.document().refusals == [])
    }

    @Test("Every problem of every file is listed, with file, line and column")
    func problems() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "SELECT 1;\nSELECT 'open;\n")
        try scratch.write("migrations/0002_b.sql", "SELECT 'é'; COMMIT;")
        try scratch.write("migrations/0003_c.sql", "\\i other.sql\n")
        let outcome = try await Program.strata().run(["validate"], in: scratch)
        outcome.expect(
            4, saying: "0001_a.sql:2:8: error: the string that begins here is not closed",
            "0002_b.sql:1:13: error: this COMMIT would end our transaction",
            "0003_c.sql:1:1: error: \\i belongs to psql")
        #expect(outcome.output.isEmpty)
        let document = try await Program.strata().run(["validate", "--json"], in: scratch).document()
        #expect(document.refusals?.count == 3)
    }

    @Test("--statements lists every statement: line, column, offset, length, kind")
    func statements() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "-- é\nBEGIN;\n  SELECT $$;$$;\nCOMMIT")
        try scratch.write("migrations/0002_b.sql", "VACUUM; CALL p()")
        let outcome = try await Program.strata().run(["validate", "--statements"], in: scratch)
        outcome.expect(0)
        #expect(
            outcome.output == """
                0001_a.sql: transaction
                  2:1 offset 6 length 6 begin
                  3:3 offset 15 length 13 other
                  4:1 offset 29 length 6 commit
                0002_b.sql: sequence
                  1:1 offset 0 length 7 outside-transaction
                  1:9 offset 8 length 8 call

                """)
        let files = try #require(
            try await Program.strata().run(["validate", "--statements", "--json"], in: scratch).document().files)
        #expect(files.map(\.file) == ["0001_a.sql", "0002_b.sql"])
        #expect(files[0].statements.map(\.offset) == [6, 15, 29])
        #expect(files[1].statements.map(\.kind) == ["outside-transaction", "call"])
    }

    @Test("--statements --json has files, modes and statements, and nothing else")
    func statementsDocument() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "SELECT 'é';\n  VACUUM;")
        let outcome = try await Program.strata().run(["validate", "--statements", "--json"], in: scratch)
        outcome.expect(0)
        // Names are in the order of the alphabet; blanks do not matter.
        let statements = """
            {"column":1,"kind":"other","length":12,"line":1,"offset":0},\
            {"column":3,"kind":"outside-transaction","length":7,"line":2,"offset":15}
            """
        #expect(
            outcome.output.filter { !$0.isWhitespace }
                == #"{"files":[{"file":"0001_a.sql","mode":"sequence","statements":[\#(statements)]}]}"#)
    }

    @Test("A procedure that one file creates is known to the files behind it")
    func procedures() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/billing/0001_call.sql", "\n  CALL fill();")
        try scratch.write(
            "migrations/0002_fill.sql", "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;")
        let plan = try #require(try await Program.strata().run(["validate", "--json"], in: scratch).document().plan)
        #expect(plan.map(\.mode) == ["transaction", "sequence"])
        #expect(
            plan[1].mode_reason
                == "line 2, column 3: the procedure fill ends transactions itself, which needs to be outside of one")
        let files = try #require(
            try await Program.strata().run(["validate", "--statements", "--json"], in: scratch).document().files)
        #expect(files.map(\.file) == ["0002_fill.sql", "billing/0001_call.sql"])
        #expect(files.map(\.mode) == ["transaction", "sequence"])
    }

    @Test("--statements of a file that cannot be read apart ends with 4 and one document")
    func statementsOfInvalidFile() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "SELECT $x$ never closed")
        let outcome = try await Program.strata().run(["validate", "--statements", "--json"], in: scratch)
        outcome.expect(4, saying: "0001_a.sql:1:8: error:")
        #expect(try outcome.document().error?.status == 4)
    }
}
