// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A run with nothing to do")
struct NothingPendingTests {
    private let source: ScriptSource = [
        "0001_one.sql": "CREATE TABLE one ()", "0002_two.sql": "CREATE TABLE two ()",
        "seed/0001_users.sql": "CREATE TABLE seed ()",
    ]

    /// What the server logged of a database since a mark.
    private func statements(of database: TestDatabase, after mark: String) async throws -> [String] {
        try await database.query("SELECT '\(mark) end'")
        // The log is written before the answer is sent, so all of it is there.
        let log = try database.server.log()
        let lines = log.split(separator: "\n").filter { $0.hasPrefix("[\(database.name)] ") }
        let statements = lines.compactMap { line in
            line.firstRange(of: "LOG:  statement: ").map { String(line[$0.upperBound...]) }
        }
        let start = try #require(statements.firstIndex { $0.contains("'\(mark) begin'") })
        let end = try #require(statements.firstIndex { $0.contains("'\(mark) end'") })
        return Array(statements[(start + 1)..<end])
    }

    @Test("The server sees exactly one statement", arguments: ["applyPending", "status", "plan"])
    func oneStatement(call: String) async throws {
        try await TestDatabase.with(on: .logging) { database in
            try await database.migrate(source)
            try await database.query("SELECT 'mark begin'")
            let runner = database.runner(source)
            switch call {
            case "applyPending": #expect(try await runner.applyPending() == MigrationReport())
            case "status": #expect(try await runner.status().map(\.state) == [.applied, .applied, .pending])
            default: #expect(try await runner.plan().isUpToDate)
            }
            #expect(
                try await statements(of: database, after: "mark") == [
                    """
                    SELECT h.* FROM (SELECT NULL AS compatible_with) AS absent, LATERAL (SELECT component, version::text, \
                    checksum, description, applied_at::text, compatible_with::text FROM "public"."schema_versions") AS h
                    """
                ])
        }
    }

    @Test("Nothing is written and no transaction takes a number, nor does any lock outlive the query")
    func writesNothing() async throws {
        // A server of its own, because any test on it moves its log forward.
        // And nothing that the server does by itself.
        var options = ThrowawayPostgres.Options()
        options.settings = [
            "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off", "checkpoint_timeout": "1d",
        ]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            try await database.migrate(source)
            try await database.query("CHECKPOINT")
            // The first to read a row after that marks it as committed, which pages with checksums (18) write to the log.
            #expect(try await database.migrate(source) == [])
            let state = """
                SELECT pg_current_wal_insert_lsn(), pg_snapshot_xmax(pg_current_snapshot()),
                    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
                """
            try await database.withConnection { observer in
                let before = try await observer.query(state)
                for _ in 0..<20 { #expect(try await database.migrate(source) == []) }
                #expect(try await observer.query(state) == before)
                #expect(before[0][2] == "0")
            }
        }
    }

    @Test("A role that may only read the history can do it, also on a standby")
    func readOnly() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.migrate(source)
            try await database.query("CREATE ROLE reader LOGIN; GRANT SELECT ON schema_versions TO reader")
            try await database.server.restart(standby: true)
            #expect(try await database.migrate(source, user: "reader") == [])
            #expect(
                try await database.runner(source, user: "reader").status().map(\.state) == [
                    .applied, .applied, .pending,
                ])
        }
    }

    @Test("No migration at all is nothing to do, and leaves no table behind")
    func noMigrations() async throws {
        try await TestDatabase.with { database in
            let applied = try await database.migrate([:])
            #expect(applied == [])
            #expect(try await database.query("SELECT to_regclass('schema_versions')") == ["null"])
        }
    }

    @Test("Looking at pending migrations writes nothing either")
    func looking() async throws {
        try await TestDatabase.with { database in
            let states = try await database.runner(source).status().map(\.state)
            #expect(states == [.pending, .pending, .pending])
            #expect(try await database.runner(source).plan().steps.count == 2)
            #expect(try await database.query("SELECT to_regclass('schema_versions')") == ["null"])
        }
    }
}
