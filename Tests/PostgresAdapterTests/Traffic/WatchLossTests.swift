// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A run whose second connection fails", .timeLimit(.minutes(15)))
struct WatchLossTests {
    /// Waits for a lock that the test holds, for as long as it likes.
    private static let script = "SELECT pg_advisory_xact_lock(7)"
    private static let beside = """
        FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%progress of process%'
        """

    private let options = PostgresVersionStore.Options(lockTimeout: .seconds(3600), progressDelay: nil)

    @Test("It is ended by an administrator: the run goes on, and has two connections at most")
    func terminated() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { holder in
                try await holder.query("SELECT pg_advisory_lock(7)")
                async let applied = database.migrate(ScriptSource([Self.script]), store: options)
                #expect(try await eventually { try await holder.query("SELECT count(*) \(Self.beside)") == [["1"]] })
                // The holder is the third.
                #expect(try await eventually { try await database.sessionCount() == 3 })
                try await holder.query("SELECT pg_terminate_backend(pid) \(Self.beside)")
                #expect(try await eventually { try await holder.query("SELECT count(*) \(Self.beside)") == [["0"]] })
                try await holder.query("SELECT pg_advisory_unlock(7)")
                #expect(try await applied == ["0001_step.sql"])
            }
            #expect(try await eventually { try await database.sessionCount() == 0 })
        }
    }

    @Test("It is refused: the time limit for locks holds all the same")
    func refused() async throws {
        try await TestDatabase.with { database in
            let role = "single_\(database.name)"
            try await database.query(
                "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO \(role); CREATE TABLE t ()"
            )
            try await database.query("ALTER TABLE t OWNER TO \(role)")
            let options = PostgresVersionStore.Options(
                lockTimeout: .milliseconds(900), retryTime: .zero, progressDelay: nil)
            try await database.withConnection { reader in
                try await reader.query("BEGIN; SELECT FROM t")
                let source = ScriptSource(["ALTER TABLE t ADD COLUMN a int"])
                let error = await database.failure(source, store: options, user: role)
                #expect((error?.underlying as? PostgresError)?.code == .gaveWay)
            }
            try await database.query("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }
}
