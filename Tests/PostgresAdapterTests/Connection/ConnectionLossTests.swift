// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("A connection that is lost", .timeLimit(.minutes(15)))
struct ConnectionLossTests {
    private static let sleeping = "CREATE TABLE b ();\nSELECT pg_sleep(600);"
    /// So long that the statement before it goes to the server in an earlier message than `COMMIT`.
    private static let long = "\(sleeping)\nSELECT '\(String(repeating: "x", count: 600_000))';"

    /// Runs a script that sleeps, does something to its server, and returns the error of the run.
    private func failure(
        of script: String, in database: TestDatabase, while action: @Sendable () async throws -> Void
    ) async throws -> MigrationError {
        // Soon tired of connecting again.
        let options = RunOptions(lockWait: .milliseconds(100))
        let task = Task { await database.failure(ScriptSource(["CREATE TABLE a ()", script]), options: options) }
        let sleeping =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        #expect(try await eventually { try await database.query(sleeping) == ["1"] })
        try await action()
        let error = try #require(await task.value)
        #expect(error.failed?.path == "0002_step.sql")
        #expect(error.report.applied.map(\.migration.path) == ["0001_step.sql"])
        return error
    }

    private func address(_ database: TestDatabase) -> String {
        "socket \(database.server.folder), port 5432, database \(database.name), user postgres"
    }

    @Test(
        "Ended by an administrator: the server said so before any COMMIT, so nothing of the script is applied",
        arguments: [false, true])
    func terminated(isLong: Bool) async throws {
        try await TestDatabase.with { database in
            let error = try await failure(of: isLong ? Self.long : Self.sleeping, in: database) {
                try await database.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep'
                    """)
            }
            #expect(error.code == .storeUnavailable)
            #expect(
                error.description == """
                    the connection to PostgreSQL at \(address(database)) was lost: terminating connection due to \
                    administrator command
                    hint: the server was stopped, or somebody ended the session. Run again when the server is there.
                    Nothing of 0002_step.sql was applied. 1 migration before it was (0001).
                    """)
            #expect(try await database.tables() == ["a"])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("The server's own end, in order or not, with COMMIT on its way or not", arguments: [false, true])
    func serverEnds(isLong: Bool) async throws {
        var options = ThrowawayPostgres.Options()
        options.durable = true
        try await TestDatabase.withServerOfItsOwn(options) { database in
            let script = isLong ? Self.long : Self.sleeping
            for mode in [ThrowawayPostgres.ShutdownMode.fast, .immediate, .kill] {
                let error = try await failure(of: script, in: database) { try await database.server.stopServer(mode) }
                // Only in order does the server say good-bye; without that, what was sent along with COMMIT may be done.
                let isUnknown = mode != .fast && !isLong
                #expect(error.code == (isUnknown ? .outcomeUnknown : .storeUnavailable), "\(mode)")
                let lines = error.description.split(separator: "\n").map(String.init)
                #expect(lines.count == 3)
                #expect(
                    lines.first == "the connection to PostgreSQL at \(address(database)) was lost: "
                        + (mode == .fast
                            ? "terminating connection due to administrator command"
                            : "server closed the connection unexpectedly"))
                #expect(
                    lines.last?.hasPrefix(
                        isUnknown
                            ? "Whether 0002_step.sql took effect is not known: the next run finds out."
                            : "Nothing of 0002_step.sql was applied.") == true)
                try await database.server.startServer()
                #expect(try await database.history() == ["core:1"])
                try await database.query("DROP TABLE a, schema_versions")
            }
        }
    }

    @Test("In one transaction for all files nothing at all is applied")
    func oneTransaction() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([
                "CREATE TABLE a ()", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1",
            ])
            let error = try #require(await database.failure(source, options: RunOptions(singleTransaction: true)))
            #expect(error.code == .storeUnavailable)
            #expect(
                error.description.hasSuffix("\nNothing was applied: all migrations of this run share one transaction."))
            #expect(try await database.tables() == [])
        }
    }

    @Test("Ended while it is idle: the next statement tells the reason that the server gave")
    func idle() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                let process = try await connection.query("SELECT pg_backend_pid()")[0][0] ?? ""
                try await database.query("SELECT pg_terminate_backend(\(process), 60000)")
                let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
                #expect(error?.code == .connectionLost)
                #expect(
                    error?.description == """
                        the connection to PostgreSQL at \(address(database)) was lost: terminating connection due to \
                        administrator command
                        hint: the server was stopped, or somebody ended the session. Run again when the server is there.
                        """)
                #expect(await connection.isConnected == false)
            }
        }
    }

    @Test("The next run goes on where this one stopped")
    func nextRun() async throws {
        try await TestDatabase.with { database in
            let kill =
                "CREATE TABLE IF NOT EXISTS b (); SELECT pg_terminate_backend(pg_backend_pid()) WHERE to_regclass('go') IS NULL"
            let source = ScriptSource(["CREATE TABLE a ()", kill])
            #expect(await database.failure(source)?.code == .storeUnavailable)
            try await database.query("CREATE TABLE go ()")
            #expect(try await database.migrate(source) == ["0002_step.sql"])
        }
    }
}
