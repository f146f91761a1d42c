// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("strata status", .timeLimit(.minutes(60)))
struct StatusTests {
    @Test("One line for each migration: version, file, state")
    func lines() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            try await stage.strata("migrate", "--to", "1").expect(0)
            let outcome = try await stage.strata("status")
            outcome.expect(0)
            #expect(
                outcome.output == """
                    0001 | 0001_users.sql                | APPLIED
                    0002 | 0002_posts.sql                | PENDING
                    0001 | billing/0001_invoices.sql     | PENDING
                    0001 | seed/0001_demo.sql            | PENDING (only with --seed)

                    """)
            #expect(outcome.messages.isEmpty)
        }
    }

    @Test("--check ends with 3 while something is pending, and seed data counts only with --seed")
    func check() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            try await stage.strata("status", "--check").expect(3, saying: "3 pending; run strata migrate")
            try await stage.strata("migrate").expect(0)
            try await stage.strata("status", "--check").expect(0)
            try await stage.strata("status", "--check", "--seed").expect(3, saying: "1 pending")
            try await stage.strata("migrate", "--seed").expect(0)
            try await stage.strata("status", "--check", "--seed").expect(0)
        }
    }

    @Test("With --json one document has every migration, what would run and what stands against it")
    func document() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            try await stage.strata("migrate", "--to", "1").expect(0)
            let outcome = try await stage.strata("status", "--check", "--json")
            outcome.expect(3)
            let document = try outcome.document()
            #expect(document.migrations?.map(\.state) == ["APPLIED", "PENDING", "PENDING", "PENDING"])
            #expect(document.migrations?.map(\.takes_part) == [true, true, true, false])
            #expect(document.migrations?.first?.recorded_checksum == document.migrations?.first?.checksum)
            #expect(document.plan?.map(\.file) == ["0002_posts.sql", "billing/0001_invoices.sql"])
            #expect(document.refusals == [])
        }
    }

    @Test("--component lists that component alone")
    func component() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            let outcome = try await stage.strata("status", "--component", "billing")
            #expect(outcome.lines.map { $0.contains("billing/0001_invoices.sql") } == [true])
        }
    }

    @Test("It takes no lock and writes nothing, also where a run holds the lock")
    func leavesEverythingAlone() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write("0001_slow.sql", Stage.pause)
            let outcome = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                let outcome = try await stage.strata("status", "--check")
                outcome.expect(3)
                #expect(outcome.lines == ["0001 | 0001_slow.sql                 | PENDING"])
                run.kill()
            }
            #expect(outcome.status == Outcome.killed)
        }
    }
}
