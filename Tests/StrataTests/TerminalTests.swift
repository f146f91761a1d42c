// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Output on a terminal and elsewhere", .timeLimit(.minutes(5)))
struct TerminalTests {
    private static func prepare(_ stage: Stage) throws {
        try stage.write([
            "0001_a.sql": "CREATE TABLE a (id int);\nCREATE TABLE IF NOT EXISTS a (id int);",
            "0002_b.sql": "DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$;",
        ])
    }

    @Test("On a terminal there is a line of progress for each migration, on standard error")
    func terminal() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let shown = try await stage.onTerminal("migrate", "--json")
            let lines = shown.terminal.split(separator: "\n").map { String($0.prefix { $0 != "(" }) }
            #expect(
                lines == [
                    "2 pending", #"    NOTICE: relation "a" already exists, skipping"#, "[1/2] 0001_a.sql ",
                    "strata: core:2: WARNING: mind the gap", "[2/2] 0002_b.sql ",
                ])
            #expect(try shown.outcome.document().applied?.count == 2)
            #expect(try await stage.history().count == 2)
        }
    }

    @Test("Elsewhere there is none; a warning of the server is passed on, a notice is not")
    func elsewhere() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let outcome = try await stage.strata("migrate")
            outcome.expect(0)
            #expect(outcome.messages == "strata: core:2: WARNING: mind the gap\n")
            #expect(outcome.lines.count == 3)
        }
    }

    @Test("On a terminal a failure ends with the place in the file, and the status is the same")
    func failure() async throws {
        try await Stage.with { stage in
            try stage.write("0001_a.sql", "SELECT 1;\nSELECT nothing;")
            let shown = try await stage.onTerminal("migrate")
            shown.outcome.expect(1)
            #expect(
                shown.terminal.contains(
                    "strata: 0001_a.sql:2:8: error: column \"nothing\" does not exist (42703)\n    2 | SELECT nothing;\n      |        ^\n"
                ))
            #expect(shown.outcome.output.isEmpty)
        }
    }
}

extension Stage {
    /// Runs `strata` with standard error on a terminal of its own, and standard output in a file.
    fileprivate func onTerminal(_ arguments: String...) async throws -> (outcome: Outcome, terminal: String) {
        let result = scratch.newFile("result")
        let command = ([program.path] + arguments).map { "'\($0)'" }.joined(separator: " ") + " >'\(result)'"
        // util-linux: run quietly, in a shell, with its exit status, and keep no typescript.
        let outcome = try await Program.system("script").run(
            ["-q", "-e", "-c", command, "/dev/null"], environment: ["DATABASE_URL": url, "SHELL": "/bin/sh"],
            in: scratch)
        let written = try String(contentsOfFile: result, encoding: .utf8)
        return (
            Outcome(command: command, status: outcome.status, output: written, messages: ""),
            outcome.output.replacing("\r\n", with: "\n")
        )
    }
}
