// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("The column for what migrations declare of older builds, while others are there", .timeLimit(.minutes(15)))
struct CompatibilityColumnTests {
    @Test("Runs that start at once add it once, and none fails", arguments: [false, true])
    func together(isForeign: Bool) async throws {
        try await TestDatabase.with { database in
            if isForeign {
                try await CompatibilityTests.makeForeignTable(database)
                try await database.migrate(CompatibilityTests.older)
            }
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<5 { group.addTask { try await database.migrate(CompatibilityTests.newer()) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.count == (isForeign ? 1 : 3))
            #expect(try await CompatibilityTests.columns(database) == ["compatible_with text"])
            #expect(
                try await database.query("SELECT compatible_with FROM schema_versions WHERE version = 3") == ["core:2"])
        }
    }

    /// Whether a run has asked for the table, and perhaps given up for the moment.
    private static let hasTried = """
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND (query LIKE '%NOWAIT%' OR query = 'ROLLBACK'))
        """

    /// How many sessions wait for a lock in this database.
    private static let waiting = """
        SELECT count(*) FROM pg_locks WHERE NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    @Test("While somebody reads the history it is asked for again and again, and no reader waits behind that")
    func longReader() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(CompatibilityTests.older)
            try await Self.expectGivingWay(
                to: database, while: CompatibilityTests.newer(), applies: "0003_c.sql"
            ) { () async throws -> Void in
                #expect(try await CompatibilityTests.columns(database) == [])
            }
            #expect(try await CompatibilityTests.columns(database) == ["compatible_with text"])
        }
    }

    @Test("A version column that has to be widened lets readers pass in the same way")
    func widening() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(CompatibilityTests.older)
            let wide = "20260101120000000001_wide.sql"
            var scripts = CompatibilityTests.older
            scripts.add(wide, Array("CREATE TABLE wide (id int)".utf8))
            let type =
                "SELECT data_type FROM information_schema.columns WHERE table_name = 'schema_versions' AND column_name = 'version'"
            try await Self.expectGivingWay(to: database, while: scripts, applies: wide) { () async throws -> Void in
                #expect(try await database.query(type) == ["bigint"])
            }
            #expect(try await database.query(type) == ["numeric"])
        }
    }

    /// Runs while a session has read the history and not ended its transaction.
    private static func expectGivingWay(
        to database: TestDatabase, while source: ScriptSource, applies file: String, meanwhile: () async throws -> Void
    ) async throws {
        try await database.withConnection { reader in
            try await reader.query("BEGIN; SELECT FROM schema_versions")
            let run = Task { try await database.migrate(source) }
            #expect(try await eventually { try await database.query(hasTried) == ["t"] })
            // Over one connection, because the run asks for the table for a minute only.
            try await database.withConnection { other in
                try await other.query("SET lock_timeout = '1s'")
                for _ in 0..<20 {
                    try await other.query("SELECT count(*) FROM schema_versions; SELECT pg_sleep(0.01)")
                    #expect(try await other.query(waiting) == [["0"]])
                }
            }
            try await meanwhile()
            try await reader.query("COMMIT")
            #expect(try await run.value == [file])
        }
    }

    @Test("A run that is cancelled while it waits for the column leaves nothing behind")
    func cancelled() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(CompatibilityTests.older)
            try await database.withConnection { reader in
                try await reader.query("BEGIN; SELECT FROM schema_versions")
                let run = Task { await database.failure(CompatibilityTests.newer()) }
                #expect(try await eventually { try await database.query(Self.hasTried) == ["t"] })
                run.cancel()
                #expect(await run.value?.code == .cancelled)
                try await reader.query("COMMIT")
            }
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
            #expect(try await database.tables() == ["a", "b"])
            #expect(try await CompatibilityTests.columns(database) == [])
        }
    }

    @Test("A role that is not the owner is told the statement for the owner, and can do without it from then on")
    func notOwner() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(CompatibilityTests.older)
            let role = "writer_\(database.name)"
            try await database.query(
                "CREATE ROLE \(role) LOGIN; GRANT SELECT, INSERT ON schema_versions TO \(role); GRANT CREATE ON SCHEMA public TO \(role)"
            )
            let error = try #require(await database.failure(CompatibilityTests.newer(), user: role))
            let endpoint = "socket \(database.server.folder), port 5432, database \(database.name), user \(role)"
            #expect(
                error.description == """
                    public.schema_versions on \(endpoint) has no column compatible_with, which these migrations need: \
                    permission denied for table schema_versions (42501)
                    hint: let its owner add it once: ALTER TABLE "public"."schema_versions" ADD COLUMN IF NOT EXISTS \
                    compatible_with text
                    Nothing of 0003_c.sql was applied.
                    """)
            #expect((error.underlying as? PostgresError)?.code == .insufficientPrivilege)
            #expect(try await database.tables() == ["a", "b"])
            try await database.query(
                #"ALTER TABLE "public"."schema_versions" ADD COLUMN IF NOT EXISTS compatible_with text"#)
            #expect(try await database.migrate(CompatibilityTests.newer(), user: role) == ["0003_c.sql"])
            try await database.query("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }
}
