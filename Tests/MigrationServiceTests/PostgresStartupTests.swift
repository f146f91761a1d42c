// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationService
import PostgresAdapter
import TestSupport
import Testing

/// The same on PostgreSQL: what a health endpoint would show, and what is left behind.
@Suite("MigrationStartup on PostgreSQL")
struct PostgresStartupTests {
    /// The last one waits for a lock that a test holds.
    private static let source = ScriptSource([
        "CREATE TABLE a ()", "CREATE TABLE b ()", "SELECT pg_advisory_xact_lock(77)",
    ])

    private func startup(
        in database: TestDatabase, _ readiness: MigrationReadiness
    ) -> MigrationStartup<ScriptSource, PostgresVersionStore> {
        MigrationStartup(
            source: Self.source,
            // It waits for as long as the test looks.
            store: PostgresVersionStore(
                database.configuration(),
                options: PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil)),
            settings: MigrationSettings(policy: StartupPolicy(appliesMigrations: true, requiresLatestSchema: true)),
            readiness: readiness)
    }

    private func isAtThird(_ readiness: MigrationReadiness) async {
        _ = await readiness.changes.first { if case .migrating(let step) = $0 { step.index == 3 } else { false } }
    }

    @Test("Of two starts one says what it applies, the other who does, and both become ready", .timeLimit(.minutes(15)))
    func twoAtOnce() async throws {
        try await TestDatabase.with { database in
            let (first, second) = (MigrationReadiness(), MigrationReadiness())
            try await database.withConnection { blocker in
                try await blocker.query("SELECT pg_advisory_lock(77)")
                async let one = startup(in: database, first).run()
                await isAtThird(first)
                #expect(first.report.text == "migrating 3 of 3: 0003_step.sql")
                async let two = startup(in: database, second).run()
                _ = await second.changes.first { if case .waitingForLock(.some) = $0 { true } else { false } }
                #expect(second.report.text.hasPrefix("waiting for lock held by strata, process "))
                try await blocker.query("SELECT pg_advisory_unlock(77)")
                #expect(try await one.applied.count == 3)
                #expect(try await two.applied.count == 0)
            }
            #expect(first.isReady && second.isReady)
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test("A start that is cancelled in a migration leaves neither that nor a lock", .timeLimit(.minutes(15)))
    func cancelled() async throws {
        try await TestDatabase.with { database in
            let readiness = MigrationReadiness()
            try await database.withConnection { blocker in
                try await blocker.query("SELECT pg_advisory_lock(77)")
                let run = Task { try await startup(in: database, readiness).run() }
                await isAtThird(readiness)
                run.cancel()
                await #expect(throws: MigrationError.self) { try await run.value }
                #expect(readiness.state == .interrupted)
                try await blocker.query("SELECT pg_advisory_unlock(77)")
            }
            #expect(try await database.history() == ["core:1", "core:2"])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test("No password is in anything that can be shown")
    func secrets() async throws {
        let environment = [
            "DATABASE_URL": "postgres://app:hunter2secret@127.0.0.1:1/app", "RUN_DB_MIGRATIONS_ON_START": "true",
        ]
        let log = StartupLog()
        let startup = try MigrationStartup(
            source: Self.source, store: PostgresVersionStore(PostgresConfiguration(environment: environment)),
            environment: environment, observers: [log])
        await #expect(throws: MigrationError.self) { try await startup.run() }
        var shown = log.events.map { "\($0.text) \($0.facts)" }
        shown.append("\(startup) \(startup.readiness.state) \(startup.readiness.report)")
        dump(startup.readiness.state, to: &shown[0])
        #expect(shown.contains { $0.contains("127.0.0.1") })
        #expect(!shown.contains { $0.contains("hunter2secret") })
    }
}
