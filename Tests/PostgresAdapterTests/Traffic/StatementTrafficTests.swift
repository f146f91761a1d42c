// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Statements outside of transactions give way", .timeLimit(.minutes(15)))
struct StatementTrafficTests {
    private static let journal = "SELECT first_statement, state FROM public.schema_versions_journal ORDER BY 1"

    private func source(_ script: String) -> ScriptSource {
        var source = ScriptSource([])
        source.add("0001_step.sql", Array(script.utf8), directives: Migration.Directives(noTransaction: true))
        return source
    }

    /// Runs the body while another session has read a table in a transaction that stays open.
    private func withReader<Result: Sendable>(
        _ database: TestDatabase, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await database.query("CREATE TABLE t (a int); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1)")
        return try await database.withConnection { reader in
            try await reader.query("BEGIN; SELECT FROM t")
            return try await body(reader)
        }
    }

    private func retries(_ events: EventLog) -> [StoreRetry] {
        events.events.compactMap { if case .retrying(let retry) = $0 { retry } else { nil } }
    }

    @Test(
        "Who queues behind it is let pass, and it is done when the reader leaves",
        arguments: [
            "VACUUM FULL t", "VACUUM (ANALYZE, FULL) t", "CLUSTER t USING i", "REINDEX TABLE t", "REINDEX INDEX i",
        ])
    func queue(statement: String) async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = PostgresVersionStore.Options(
                lockTimeout: nil, retryTime: .seconds(3600),
                queueLimit: QueueLimit(sessions: 1, duration: .milliseconds(100)), progressDelay: nil)
            try await withReader(database) { reader in
                let file = try await database.query("SELECT pg_relation_filenode('i')")
                let source = source("\(statement);\nSELECT 1;")
                async let applied = database.migrate(source, store: options, events: events)
                let waits =
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IN ('t'::regclass, 'i'::regclass)"
                #expect(try await eventually { try await reader.query(waits) == [["1"]] })
                // They come through while the reader stays.
                async let first = database.query("SELECT count(*) FROM t")
                async let second = database.query("SELECT count(*) FROM t")
                #expect(try await [first, second] == [["1"], ["1"]])
                await events.wait { if case .retrying = $0 { true } else { false } }
                #expect(retries(events).first?.reason == "2 sessions waited for it for longer than 0.1 seconds")
                #expect(try await database.query(Self.journal) == ["1|started"])
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql"])
                #expect(try await database.query("SELECT pg_relation_filenode('i')") != file)
            }
            #expect(try await database.query(Self.journal) == [])
        }
    }

    @Test("The limit for locks holds, whatever the script sets, and for this statement only", arguments: ["0", "1h"])
    func lockTimeout(own: String) async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let options = PostgresVersionStore.Options(
                lockTimeout: .milliseconds(300), retryTime: .seconds(3600), queueLimit: nil, progressDelay: nil)
            try await withReader(database) { reader in
                let source = source(
                    """
                    SET lock_timeout = '\(own)';
                    VACUUM FULL t;
                    DO $$ BEGIN COMMIT; CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS l; END $$;
                    """)
                async let applied = database.migrate(source, store: options, events: events)
                await events.wait { if case .retrying = $0 { true } else { false } }
                #expect(retries(events).first?.reason == "a lock was not free within 0.3 seconds")
                try await reader.query("COMMIT")
                #expect(try await applied == ["0001_step.sql"])
            }
            #expect(try await database.query("SELECT l FROM seen") == [own])
        }
    }

    @Test("When the time is over nothing of it is done, and the next run goes on with it")
    func gaveUp() async throws {
        try await TestDatabase.with { database in
            let options = PostgresVersionStore.Options(
                lockTimeout: .milliseconds(100), retryTime: .zero, queueLimit: nil, progressDelay: nil)
            let source = source("CREATE TABLE first ();\nVACUUM FULL t;")
            try await withReader(database) { reader in
                let error = try #require(await database.failure(source, store: options))
                #expect((error.underlying as? PostgresError)?.code == .gaveWay)
                #expect(error.description.contains("it gave way to other sessions and was undone once"))
                #expect(error.description.contains("Statement 1 of 2 of 0001_step.sql is done"))
                #expect(try await database.query(Self.journal) == ["1|done", "2|started"])
                try await reader.query("COMMIT")
            }
            #expect(try await database.migrate(source, store: options) == ["0001_step.sql"])
        }
    }

    @Test("A statement that holds nobody up waits for as long as it takes")
    func patient() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (a int)")
            let events = EventLog()
            let options = PostgresVersionStore.Options(
                lockTimeout: .milliseconds(1), retryTime: .zero,
                queueLimit: QueueLimit(sessions: 0, duration: .zero), progressDelay: nil)
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t IN SHARE MODE")
                async let applied = database.migrate(source("VACUUM t;"), store: options, events: events)
                let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 't'::regclass"
                #expect(try await eventually { try await holder.query(waits) == [["1"]] })
                // Longer than the limit of a transaction, by its own clock.
                try await holder.query("SELECT pg_sleep(0.01); COMMIT")
                #expect(try await applied == ["0001_step.sql"])
            }
            #expect(retries(events) == [])
        }
    }
}
