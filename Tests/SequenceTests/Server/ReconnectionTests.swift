// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("Connecting again after a COMMIT of unknown outcome", .timeLimit(.minutes(15)))
struct ReconnectionTests {
    private let source = ScriptSource(["CREATE TABLE a ();", "CREATE TABLE b ();"])

    /// Runs with a connection that is lost when the second COMMIT was answered, while the server goes on believing in it.
    private func run(
        in database: TestDatabase, user: String, events: EventLog,
        while action: @Sendable () async throws -> Void = {}
    ) async throws -> [String] {
        let socket = "\(database.server.socketDirectory)/.s.PGSQL.\(database.server.port)"
        // Without what has a second connection, whose messages would be counted.
        let options = PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil, progressDelay: nil)
        let source = source
        // The last answer but one is that of the second script: behind it a run only says good-bye.
        let counting = try ProtocolProxy(server: socket, cut: nil)
        let direct = PostgresVersionStore(
            database.configuration(user: user, ["host": counting.folder, "port": "5432"]), options: options)
        try await MigrationRunner(source: source, store: direct).applyPending()
        let messages = counting.messages
        counting.close()
        // What the second run sends depends on whether the first one's session is still there.
        let isGone = try await eventually {
            try await database.query("SELECT FROM pg_stat_activity WHERE usename = '\(user)'").isEmpty
        }
        try #require(isGone)
        let answer = try #require(messages.lastIndex { $0 == "<C" })
        let query = try #require(messages[..<answer].lastIndex { $0 == ">Q" })
        try await database.query("DROP TABLE a, b, schema_versions")
        let proxy = try ProtocolProxy(server: socket, cut: CutPoint(message: query, side: .after), ending: .never)
        defer { proxy.close() }
        let store = PostgresVersionStore(
            database.configuration(user: user, ["host": proxy.folder, "port": "5432"]), options: options)
        let run = Task {
            try await MigrationRunner(source: source, store: store) { events.add($0) }.applyPending().applied
        }
        await events.wait { if case .reconnecting = $0 { true } else { false } }
        try await action()
        return try await run.value.map(\.migration.path)
    }

    private func withRole(_ body: @Sendable (TestDatabase, String) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let role = "again_\(database.name)"
            try await database.query("CREATE ROLE \(role) LOGIN; GRANT ALL ON SCHEMA public TO \(role)")
            try await body(database, role)
            try await database.query("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }

    @Test("The run ends its former session, which holds the lock and which the server takes for alive")
    func formerSession() async throws {
        try await withRole { database, role in
            let events = EventLog()
            let applied = try await run(in: database, user: role, events: events)
            #expect(applied == ["0001_step.sql", "0002_step.sql"])
            #expect(events.holders.count == 1)
            #expect(try await database.history() == ["core:1", "core:2"])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }

    @Test("Where no connection is free it is tried again")
    func noConnection() async throws {
        try await withRole { database, role in
            try await database.query("ALTER ROLE \(role) CONNECTION LIMIT 1")
            let applied = try await run(in: database, user: role, events: EventLog()) {
                let refusal = "too many connections for role \"\(role)\""
                #expect(try await eventually { try database.server.log().ranges(of: refusal).count > 2 })
                // The former session has the only one.
                try await database.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(role)'")
            }
            #expect(applied == ["0001_step.sql", "0002_step.sql"])
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }
}
