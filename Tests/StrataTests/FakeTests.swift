// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("strata fake", .timeLimit(.minutes(60)))
struct FakeTests {
    @Test("A migration is recorded and not run; a second time there is nothing to do")
    func one() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            let outcome = try await stage.strata("fake", "1")
            outcome.expect(0)
            #expect(outcome.output == "recorded 0001_users.sql as applied; it was not run\n")
            #expect(try await stage.tables() == [])
            #expect(try await stage.history() == ["core:1 0001_users.sql"])
            #expect(try await stage.strata("fake", "0001").output == "nothing to do: core:1 is applied already\n")
        }
    }

    @Test("--through records everything of the component up to a version, in one document with --json")
    func through() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            let outcome = try await stage.strata("fake", "core:2", "--through", "--json")
            outcome.expect(0)
            let document = try outcome.document()
            #expect(document.recorded?.map(\.file) == ["0001_users.sql", "0002_posts.sql"])
            #expect(document.applied?.isEmpty == true)
            #expect(try await stage.history() == ["core:1 0001_users.sql", "core:2 0002_posts.sql"])
        }
    }

    @Test("A component is named before the version, or with --component")
    func component() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            try await stage.strata("fake", "billing:1").expect(0)
            try await stage.strata("fake", "1", "--component", "seed").expect(0)
            #expect(try await stage.history() == ["billing:1 0001_invoices.sql", "seed:1 0001_demo.sql"])
        }
    }

    @Test("A version that no file has ends with 4, with --json as a document")
    func unknown() async throws {
        try await Stage.with { stage in
            try MigrateTests.prepare(stage)
            let outcome = try await stage.strata("fake", "7", "--json")
            outcome.expect(4, saying: "There is no migration core:7. The newest of component core is 2.")
            #expect(try outcome.document().error?.status == 4)
            #expect(try await stage.history() == [])
        }
    }

    @Test("It waits for the lock of another run, and no longer than --lock-wait")
    func waitsForTheLock() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write(["0001_slow.sql": Stage.pause, "0002_b.sql": "SELECT 1"])
            _ = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                let outcome = try await stage.strata("fake", "2", "--lock-wait", "50ms")
                outcome.expect(5, saying: "waiting for another run to finish", "another run held the lock")
                run.kill()
            }
            try await stage.waitUntilServerStopped("pg_sleep")
            #expect(try await stage.history() == [])
        }
    }
}
