// SPDX-License-Identifier: Apache-2.0

import Testing

/// Many runs at once on an empty database.
@Suite("Eight runs at once", .timeLimit(.minutes(60)))
struct ConcurrencyTests {
    private static let count = 8

    private static func prepare(_ stage: Stage, slow: String) throws {
        try stage.write([
            "0001_log.sql": "CREATE TABLE log (migration int);\nINSERT INTO log VALUES (1);",
            "0002_slow.sql": "INSERT INTO log VALUES (2);\n\(slow)",
            "0003_c.sql": "INSERT INTO log VALUES (3);",
            "0004_index.sql": "CREATE INDEX CONCURRENTLY log_migration ON log (migration);",
            "0005_e.sql": "INSERT INTO log VALUES (5);",
        ])
    }

    private static func checkResult(_ stage: Stage) async throws {
        #expect(try await stage.query("SELECT migration FROM log ORDER BY 1") == "1\n2\n3\n5")
        #expect(try await stage.history().count == 5)
        #expect(try await stage.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0")
        let ours = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \(ours)"
        try await stage.wait(until: locks, is: "0")
    }

    @Test("All of them succeed, and each migration is applied exactly once")
    func together() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage, slow: "SELECT pg_sleep(1);")
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for _ in 0..<Self.count { group.addTask { try await stage.strata("migrate", "--json") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for outcome in outcomes { outcome.expect(0) }
            let applied = try outcomes.flatMap { try $0.document().applied ?? [] }.map(\.file).sorted()
            #expect(applied == ["0001_log.sql", "0002_slow.sql", "0003_c.sql", "0004_index.sql", "0005_e.sql"])
            try await Self.checkResult(stage)
        }
    }

    @Test("One of them is killed in the middle: the others finish its work, each migration exactly once")
    func oneKilled() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try Self.prepare(stage, slow: Stage.pause)
            let worker = Task {
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                return try await stage.session(executing: "pg_sleep", "application_name")
            }
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for number in 0..<Self.count {
                    let (name, url) = ("run \(number)", stage.url)
                    group.addTask {
                        try await stage.strata("migrate", environment: ["DATABASE_URL": url, "PGAPPNAME": name]) {
                            run in
                            guard try await worker.value == name else { return }
                            try await stage.hurry()
                            run.kill()
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.map(\.status).sorted() == Array(repeating: 0, count: Self.count - 1) + [Outcome.killed])
            try await Self.checkResult(stage)
        }
    }

    @Test("Who waits longer than --lock-wait ends with 5, and learns who holds the lock and how to end it")
    func lockWait() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try Self.prepare(stage, slow: Stage.pause)
            let first = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                let holder = try await stage.session(executing: "pg_sleep", "pid")
                let second = try await stage.strata("migrate", "--lock-wait", "100ms", "--json")
                second.expect(
                    5,
                    saying: "waiting for another run to finish: strata, process \(holder) of user \(stage.superuser)",
                    "another run held the lock of public.schema_versions for longer than 0.1 seconds",
                    "start again", "SELECT pg_terminate_backend(\(holder))")
                #expect(try second.document().error?.code == "lockTimeout")
                run.interrupt()
            }
            first.expect(130)
        }
    }

    @Test("Two histories in one database do not wait for each other")
    func twoHistories() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write("0001_slow.sql", Stage.pause)
            try stage.scratch.write("other/0001_a.sql", "CREATE TABLE a (id int)")
            let first = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                try await stage.strata("migrate", "--migrations", "other", "--history-table", "other_versions").expect(
                    0)
                run.interrupt()
            }
            first.expect(130)
            #expect(try await stage.tables() == ["a", "other_versions", "pause"])
        }
    }
}
