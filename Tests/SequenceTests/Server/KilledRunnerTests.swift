// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A runner that is killed in a statement that the server works on")
struct KilledRunnerTests {
    private static let setup = """
        CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p FOR VALUES IN (1);
        CREATE INDEX old ON t (a);
        """
    private let waiting = """
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
        AND application_name = 'strata'
        """

    /// For runs that wait for as long as the test looks.
    private static let patient = PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil)

    private func script(_ statement: String) -> String {
        "CREATE TABLE first ();\n\(statement);\nCREATE TABLE third ();"
    }

    /// What a run leaves that nobody disturbs. Not to be asked for inside of another database's turn.
    private func undisturbed(_ source: ScriptSource) async throws -> DatabaseState {
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            try await database.migrate(source)
            return try await DatabaseState(of: database)
        }
    }

    private func expect(_ expected: DatabaseState, in database: TestDatabase) async throws {
        let state = try await DatabaseState(of: database)
        #expect(state.schema == expected.schema)
        #expect(state.rows == expected.rows)
        #expect(state.leftovers == [])
    }

    private func waitUntilGone(_ backend: String, in database: TestDatabase) async throws {
        let isGone = try await eventually {
            try await database.query("SELECT FROM pg_stat_activity WHERE pid = \(backend)").isEmpty
        }
        #expect(isGone)
    }

    @Test(
        "The server notices, and the next run, started at once, comes to the same end",
        arguments: [
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "invalid i"),
            ("CREATE INDEX CONCURRENTLY ON t (a)", "invalid t_a_idx"),
            ("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "invalid i"),
            ("DROP INDEX CONCURRENTLY old", "invalid old"), ("REINDEX TABLE CONCURRENTLY t", "invalid old_ccnew"),
            ("ALTER TABLE p DETACH PARTITION t CONCURRENTLY", "pending t"), ("VACUUM FULL t", nil),
        ])
    func killed(statement: String, leftover: String?) async throws {
        let source = ScriptSource([script(statement)])
        let expected = try await undisturbed(source)
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            try await database.withConnection { holder in
                // Whoever works on the table has to wait for this transaction, some of them half-way.
                try await holder.query("BEGIN; SELECT FROM p; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                let runner = try RunnerProcess(script(statement), database: database)
                var backend = ""
                let isWaiting = try await eventually {
                    backend = try await database.query(waiting).first ?? ""
                    return !backend.isEmpty
                }
                try #require(isWaiting)
                try await runner.killNow()
                let next = Task { try await database.migrate(source, store: Self.patient) }
                try await waitUntilGone(backend, in: database)
                // The next run has to wait for the same transaction before it can put that in order.
                #expect(try await DatabaseState.leftovers(in: database) == [leftover].compactMap { $0 })
                try await holder.query("ROLLBACK")
                #expect(try await next.value == ["0001_step.sql"])
            }
            try await expect(expected, in: database)
        }
    }

    @Test(
        "A server that does not notice goes on with the lock; the next run, then or later, finds the statement done",
        arguments: [true, false])
    func orphan(nextWaits: Bool) async throws {
        let statement = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"
        let source = ScriptSource([script(statement)])
        let expected = try await undisturbed(source)
        try await TestDatabase.with { database in
            let server = database.server
            try await database.query(Self.setup)
            let proxy = try ProtocolProxy(
                server: "\(server.socketDirectory)/.s.PGSQL.\(server.port)", cut: nil, ending: .afterAnswer)
            defer { proxy.close() }
            let events = EventLog()
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE")
                let runner = try RunnerProcess(script(statement), database: database, host: proxy.folder)
                #expect(try await eventually { try await !database.query(waiting).isEmpty })
                try await runner.killNow()
                let waitingRun =
                    nextWaits ? Task { try await database.migrate(source, store: Self.patient, events: events) } : nil
                if nextWaits {
                    await events.wait { event in
                        if case .waitingForLock = event { true } else { false }
                    }
                }
                let backend = try await database.query(waiting)
                try #require(backend.count == 1)
                let number = try await database.query("SELECT oid FROM pg_class WHERE relname = 'i'")
                #expect(number.count == 1)
                try await holder.query("ROLLBACK")
                if let waitingRun {
                    #expect(try await waitingRun.value == ["0001_step.sql"])
                } else {
                    // It ends by itself, with nobody there.
                    try await waitUntilGone(backend[0], in: database)
                    #expect(try await DatabaseState.leftovers(in: database) == [])
                    #expect(try await database.migrate(source) == ["0001_step.sql"])
                }
                // Not built a second time.
                #expect(try await database.query("SELECT oid FROM pg_class WHERE relname = 'i'") == number)
            }
            try await expect(expected, in: database)
        }
    }

    @Test("A step of several statements that a server goes on with is whole, and the next run goes on behind it")
    func orphanedTransaction() async throws {
        let script = "CREATE TABLE first ();\nALTER TABLE p ADD b int;\nCREATE TABLE third ();\nVACUUM first;"
        let source = ScriptSource([script])
        let expected = try await undisturbed(source)
        try await TestDatabase.with { database in
            let server = database.server
            try await database.query(Self.setup)
            let proxy = try ProtocolProxy(
                server: "\(server.socketDirectory)/.s.PGSQL.\(server.port)", cut: nil, ending: .afterAnswer)
            defer { proxy.close() }
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE p")
                let runner = try RunnerProcess(script, database: database, host: proxy.folder)
                var backend = ""
                let isWaiting = try await eventually {
                    backend = try await database.query(waiting).first ?? ""
                    return !backend.isEmpty
                }
                try #require(isWaiting)
                try await runner.killNow()
                try await holder.query("ROLLBACK")
                try await waitUntilGone(backend, in: database)
            }
            #expect(try await database.runner(source).status().first?.label == "INCOMPLETE (3 of 4 statements)")
            #expect(try await database.migrate(source) == ["0001_step.sql"])
            try await expect(expected, in: database)
        }
    }

    @Test("A procedure that was broken off half-way is not repeated, and not taken for done")
    func procedure() async throws {
        let script = """
            VACUUM log;
            CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO log VALUES ('begun'); COMMIT; LOCK TABLE t; INSERT INTO log VALUES ('ended'); END $$;
            CALL fill();
            """
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t (); CREATE TABLE log (what text)")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE t")
                let runner = try RunnerProcess(script, database: database)
                #expect(try await eventually { try await !database.query(waiting).isEmpty })
                try await runner.killNow()
                let error = try #require(await database.failure(ScriptSource([script])))
                #expect(
                    error.description.contains(
                        "0001_step.sql:4:1: error: whether this statement (3 of 3) was done is not known"))
                try await holder.query("ROLLBACK")
            }
            #expect(try await database.query("SELECT what FROM log") == ["begun"])
            try await database.resolve(statement: 3, isDone: false)
            try await database.migrate(ScriptSource([script]))
            #expect(try await database.query("SELECT what FROM log") == ["begun", "begun", "ended"])
        }
    }
}
