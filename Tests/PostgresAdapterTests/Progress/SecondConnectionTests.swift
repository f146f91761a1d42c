// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("The second connection for progress", .timeLimit(.minutes(15)))
struct SecondConnectionTests {
    private static let waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
        """

    @Test(
        "There is none before the delay is over, or when it is switched off", arguments: [nil, Duration.seconds(3600)])
    func notYet(delay: Duration?) async throws {
        try await TestDatabase.with { database in
            // No watch over locks either, which has a connection of its own.
            let run = HeldRun(
                database: database,
                options: PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil, progressDelay: delay))
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await run.run("SELECT hold(5000)") {
                    try await holder.query(Self.waiting) == [["1"]]
                } release: {
                    // The holder and the run.
                    #expect(try await eventually { try await database.sessionCount() == 2 })
                    try await holder.query(HeldRun.unlock)
                }
            }
            #expect(run.events.progress == [])
        }
    }

    @Test("A run of quick statements sends the server exactly what it sends without progress")
    func quick() async throws {
        let source = ScriptSource((1...3).map { "CREATE TABLE t\($0) (); CREATE INDEX ON t\($0) ((1))" })
        var logs: [[String]] = []
        for delay in [nil, Duration.seconds(3600)] {
            let log = try await TestDatabase.with(on: .logging) { database in
                try await database.migrate(
                    source, store: PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil, progressDelay: delay)
                )
                let mark = "[\(database.name)] "
                return try database.server.log().split(separator: "\n").filter { $0.hasPrefix(mark) }
                    .map { String($0.dropFirst(mark.count)).replacing(/pg_backend_pid\(\) = \d+/, with: "its process") }
            }
            logs.append(log)
        }
        #expect(logs[0].count > 3)
        #expect(logs[0] == logs[1])
    }

    @Test("Where it is refused nothing is told, and the run succeeds")
    func refused() async throws {
        try await withLimitedRole { database, role, refusals in
            let run = HeldRun(database: database, user: role)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await run.run("SELECT hold(5000)") {
                    try refusals() > 0
                } release: {
                    try await holder.query(HeldRun.unlock)
                }
            }
            #expect(run.events.progress == [])
        }
    }

    @Test("After a refusal it is not asked for again")
    func refusedOnce() async throws {
        try await withLimitedRole { database, role, refusals in
            try await database.withConnection(user: role) { connection in
                let monitor = SessionMonitor(of: connection, database.configuration(user: role), table: .standard)
                var all: [StoreEvent] = []
                for _ in 0..<3 { all += try await told(by: monitor) }
                #expect(all == [])
                let count = try refusals()
                #expect(count == 1)
            }
        }
    }

    /// Runs the body with a role that can connect only once, and with the number of times that the server refused it.
    private func withLimitedRole(
        _ body: @Sendable (TestDatabase, _ role: String, _ refusals: () throws -> Int) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let role = "limited_\(database.name)"
            try await database.query(
                "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO \(role)")
            try await database.query(HeldRun.table)
            try await body(database, role) {
                let refusal = "too many connections for role \"\(role)\""
                return try database.server.log().split(separator: "\n").count { $0.contains(refusal) }
            }
            try await database.query("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }

    /// What a monitor tells that nobody cancels; returns when it falls silent.
    private func told(by monitor: SessionMonitor) async throws -> [StoreEvent] {
        let source: ScriptSource = ["0001_a.sql": ""]
        let migration = try #require(source.migration("0001_a.sql"))
        let told = Mutex<[StoreEvent]>([])
        let companion = monitor.companion(for: migration, SessionMonitor.Duties(progressDelay: .zero)) { event in
            told.withLock { $0.append(event) }
        }
        await companion?.work()
        return told.withLock(\.self)
    }

    @Test("When it is lost the telling ends, the run goes on, and no other is made")
    func lost() async throws {
        try await TestDatabase.with { database in
            let run = HeldRun(database: database)
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await run.run("CREATE INDEX ON big (hold(n))") {
                    !run.events.progress.isEmpty
                } release: {
                    #expect(try await database.monitors("pg_terminate_backend(pid)") == ["t"])
                    await run.events.wait { $0 == .progressEnded }
                    #expect(try await eventually { try await database.monitors() == [] })
                    try await holder.query(HeldRun.unlock)
                }
            }
            #expect(run.events.events.count { $0 == .progressEnded } == 1)
        }
    }

    @Test("It says what it is, and has neither transaction nor snapshot between its questions")
    func idle() async throws {
        try await TestDatabase.with { database in
            let run = HeldRun(database: database)
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await run.run("CREATE INDEX ON big (hold(n))") {
                    let state = "application_name, state, xact_start IS NULL, backend_xmin IS NULL, query"
                    let rows = try await database.monitors("concat_ws('|', \(state))")
                    guard let row = rows.first?.split(separator: "|", maxSplits: 4), row.count == 5 else {
                        return false
                    }
                    return row[0].hasPrefix("strata: progress of process ") && row[1...3] == ["idle", "t", "t"]
                        && row[4].contains("pg_stat_progress_create_index")
                } release: {
                    try await holder.query(HeldRun.unlock)
                }
            }
        }
    }

    @Test("It ends with a run that is cancelled")
    func cancelled() async throws {
        try await TestDatabase.with { database in
            let run = HeldRun(database: database)
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                let migrating = Task {
                    try await database.migrate(
                        ScriptSource(["CREATE INDEX ON big (hold(n))"]), store: run.options, events: run.events)
                }
                await run.events.wait { if case .progress = $0 { true } else { false } }
                migrating.cancel()
                let error = await #expect(throws: MigrationError.self) { try await migrating.value }
                #expect(error?.code == .cancelled)
                #expect(run.events.events.last == .progressEnded)
                #expect(try await eventually { try await database.sessionCount() == 1 })
            }
        }
    }

    @Test("There is none during CREATE DATABASE, whose template may have no other session")
    func template() async throws {
        try await TestDatabase.with { database in
            let copy = "\(database.name)_copy"
            let run = HeldRun(database: database)
            let waiting = try await PostgresConnection.open(database.configuration())
            // The server waits up to 5 s for other sessions to go: this one ends by itself, a second after it saw that it is waited for.
            let leaving = Task {
                try? await waiting.query(
                    """
                    DO $$ BEGIN
                        LOOP
                            PERFORM pg_stat_clear_snapshot();
                            EXIT WHEN EXISTS (SELECT FROM pg_stat_activity
                                WHERE state = 'active' AND query LIKE 'CREATE DATABASE \(copy)%');
                            PERFORM pg_sleep(0.01);
                        END LOOP;
                        PERFORM pg_sleep(1), pg_terminate_backend(pg_backend_pid());
                    END $$
                    """)
            }
            let isWaiting = "SELECT state FROM pg_stat_activity WHERE pid = \(waiting.serverProcess)"
            #expect(try await eventually { try await database.query(isWaiting) == ["active"] })
            try await run.run("CREATE DATABASE \(copy) TEMPLATE \(database.name)") {
                true
            } release: {
                _ = await leaving.value
                await waiting.close()
            }
            #expect(run.events.progress == [])
            try await database.query("DROP DATABASE \(copy)")
        }
    }

    @Test("A run is not held up by a server that lets nobody in any more")
    func blocked() async throws {
        // Nobody else can log in to it meanwhile.
        try await TestDatabase.withServerOfItsOwn { database in
            let run = HeldRun(database: database)
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await run.run("LOCK TABLE pg_catalog.pg_authid; SELECT hold(5000)") {
                    try await holder.query(
                        "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'pg_authid'::regclass AND NOT granted")
                        == [["t"]]
                } release: {
                    try await holder.query(HeldRun.unlock)
                }
            }
            #expect(run.events.progress == [])
        }
    }

    @Test("Nothing is told of a process that does not hold the run's lock, as it can be behind a pooler")
    func stranger() async throws {
        try await TestDatabase.with { database in
            try await database.query(HeldRun.table)
            try await database.withConnection { holder in
                try await holder.query(HeldRun.lock)
                try await database.withConnection { stranger in
                    let monitor = SessionMonitor(of: stranger, database.configuration(), table: .standard)
                    async let building: Void = {
                        _ = try await stranger.query("CREATE INDEX ON big (hold(n))")
                    }()
                    #expect(try await eventually { try await holder.query(Self.waiting) == [["1"]] })
                    #expect(try await told(by: monitor) == [])
                    try await holder.query(HeldRun.unlock)
                    try await building
                }
            }
        }
    }
}
