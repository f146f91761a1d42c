// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("strata new", .timeLimit(.minutes(60)))
struct NewTests {
    @Test("The next file has the next number, as many digits, and the words of the description")
    func next() async throws {
        let (scratch, program) = (try Scratch(), try Program.strata())
        let first = try await program.run(["new", "Add users' e-mail"], in: scratch)
        first.expect(0)
        #expect(first.output == "migrations/0001_add_users_e_mail.sql\n")
        try scratch.write("migrations/00041_x.sql", "")
        let second = try await program.run(["new", "next", "one"], in: scratch)
        #expect(second.output == "migrations/00042_next_one.sql\n")
        #expect(try scratch.read("migrations/00042_next_one.sql").hasPrefix("-- 00042_next_one.sql: next one\n"))
    }

    @Test(
        "--component makes the file in its folder, --json prints its path in one document, --migrations names the folder"
    )
    func component() async throws {
        let scratch = try Scratch()
        let outcome = try await Program.strata().run(
            ["new", "--component", "billing", "invoices", "--json", "--migrations", "db/changes"], in: scratch)
        outcome.expect(0)
        #expect(try outcome.document().created == "db/changes/billing/0001_invoices.sql")
        #expect(try !scratch.read("db/changes/billing/0001_invoices.sql").isEmpty)
    }

    @Test("A new file is valid, and changes nothing when it is applied")
    func isValid() async throws {
        try await Stage.with { stage in
            try await stage.strata("new", "nothing yet").expect(0)
            try await stage.strata("validate").expect(0)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.history() == ["core:1 0001_nothing_yet.sql"])
        }
    }

    @Test(
        "What cannot be a name ends with 4 and says why",
        arguments: [["new", "!?"], ["new", "x", "--component", "a b"], ["new", "x", "--component", "0001_x"]])
    func refused(arguments: [String]) async throws {
        let outcome = try await Program.strata().run(arguments + ["--json"], in: Scratch())
        outcome.expect(
            4,
            saying: arguments.count == 2
                ? "the description has no letters or digits" : "cannot be the name of a component")
        #expect(try outcome.document().error?.code == "invalidSource")
    }
}
