// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Output on a terminal and elsewhere", .timeLimit(.minutes(60)))
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

    @Test("On a terminal a long command has a line that is redrawn, and that is gone at the end")
    func longCommand() async throws {
        try await Stage.with { stage in
            try stage.write("0001_big_index.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);")
            _ = try await stage.query("CREATE TABLE a (id int)")
            var shown: (outcome: Outcome, terminal: String)?
            try await stage.whileWriting("a") { release in
                shown = try await stage.onTerminal("migrate", "--json", type: "xterm") { running in
                    try await Patience.wait(for: "the line") {
                        running.output.contains(
                            "0001_big_index.sql  CREATE INDEX CONCURRENTLY  a  waiting for writers before build  0 %  "
                                + "(0 of 1 lockers, waits for process ")
                    }
                    try await release()
                }
            }
            let (outcome, terminal) = try #require(shown)
            #expect(try outcome.document().applied?.count == 1)
            // What a terminal shows of a line is what follows the last time that it was erased.
            let lines = terminal.split(separator: "\n").compactMap { $0.split(separator: "\r\u{1B}[K").last }
            #expect(lines.map { $0.prefix { $0 != "(" } } == ["1 pending", "[1/1] 0001_big_index.sql "])
            // The terminal wraps again.
            #expect(terminal.ranges(of: "\u{1B}[?7l").count == terminal.ranges(of: "\u{1B}[?7h").count)
            #expect(try await stage.indexes(of: "a") == "a_id|t")
        }
    }

    @Test(
        "A terminal that cannot redraw, and what is no terminal, cost no second connection", arguments: ["dumb", nil])
    func cannotRedraw(type: String?) async throws {
        try await Stage.with { stage in
            try stage.write("0001_big_index.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);")
            _ = try await stage.query("CREATE TABLE a (id int)")
            try await stage.whileWriting("a") { release in
                // Longer than the delay before progress is read: nothing else can be waited for that does not come.
                let waiting = "now() - query_start > '1.5 s' AND wait_event_type = 'Lock'"
                let check: (RunningProgram) async throws -> Void = { _ in
                    try await stage.wait(
                        until:
                            "SELECT count(*) FROM pg_stat_activity WHERE \(Stage.executes("CONCURRENTLY")) AND \(waiting)",
                        is: "1")
                    let monitors = try await stage.query(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%progress%' AND datname = current_database()"
                    )
                    #expect(monitors == "0")
                    try await release()
                }
                if let type {
                    let shown = try await stage.onTerminal("migrate", type: type, during: check)
                    shown.outcome.expect(0)
                    #expect(!shown.terminal.contains("\u{1B}") && !shown.terminal.contains("waiting"))
                } else {
                    let outcome = try await stage.strata("migrate", during: check)
                    outcome.expect(0)
                    #expect(outcome.messages == "")
                }
            }
        }
    }
}

extension Stage {
    /// Runs the body while another session has written to a table and not committed that, until the body lets it end.
    fileprivate func whileWriting(_ table: String, _ body: (_ release: () async throws -> Void) async throws -> Void)
        async throws
    {
        let statement = "BEGIN; INSERT INTO \(table) DEFAULT VALUES; SELECT pg_sleep(3600) AS keeping_the_row"
        _ = try await tool("psql").run(["-XAtq", "-d", url, "-c", statement], in: scratch) { _ in
            try await waitUntilServerSleeps(in: "keeping_the_row")
            try await body { try await endSessions(executing: "keeping_the_row") }
            try await endSessions(executing: "keeping_the_row")
        }
    }
}
