// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("The history, when a script reaches for it")
struct HistoryProtectionTests {
    static let removals = [
        ("DROP TABLE schema_versions", "removed the history table public.schema_versions"),
        ("DROP SCHEMA public CASCADE", "removed the history table public.schema_versions"),
        ("ALTER TABLE schema_versions RENAME TO old_versions", "removed the history table public.schema_versions"),
        (
            "CREATE SCHEMA app; ALTER TABLE schema_versions SET SCHEMA app",
            "removed the history table public.schema_versions"
        ),
        ("DELETE FROM schema_versions", "removed rows from the history table public.schema_versions"),
        ("DELETE FROM schema_versions WHERE version = 1", "removed rows from the history table public.schema_versions"),
        ("TRUNCATE schema_versions", "removed rows from the history table public.schema_versions"),
        (
            "CREATE TABLE copy (LIKE schema_versions INCLUDING ALL); DROP TABLE schema_versions; ALTER TABLE copy RENAME TO schema_versions",
            "removed rows from the history table public.schema_versions"
        ),
        (
            "DROP TABLE schema_versions; CREATE TABLE schema_versions (id int)",
            "history row could not be written to public.schema_versions"
        ),
        (
            "ALTER TABLE schema_versions DROP COLUMN checksum",
            "history row could not be written to public.schema_versions"
        ),
        (
            "INSERT INTO schema_versions (component, version, checksum) VALUES ('core', 3, 'x')",
            "core:3 is in the history table public.schema_versions already"
        ),
    ]

    @Test("A script that takes it away, or rows of it, or writes its own row, fails and is undone", arguments: removals)
    func undone(statement: String, reason: String) async throws {
        try await TestDatabase.with { database in
            let before = ["CREATE TABLE one ()", "CREATE TABLE two ()"]
            try await database.migrate(ScriptSource(before))
            let rows = try await database.query("SELECT * FROM public.schema_versions ORDER BY version")
            let error = try #require(
                await database.failure(ScriptSource(before + ["CREATE TABLE three (); \(statement)", "SELECT 1"])))
            #expect(error.code == .failed)
            #expect(error.failed?.path == "0003_step.sql")
            #expect(error.description.hasPrefix("0003_step.sql: error: "))
            #expect(error.description.contains(reason))
            #expect(!error.description.contains("division by zero"))
            #expect(try await database.query("SELECT * FROM public.schema_versions ORDER BY version") == rows)
            #expect(try await database.tables() == ["one", "two"])
        }
    }

    @Test(
        "The same holds within one transaction for all files, where rows of the same run are protected, too",
        arguments: removals)
    func undoneInOneTransaction(statement: String, reason: String) async throws {
        try await TestDatabase.with { database in
            let scripts = ["CREATE TABLE one ()", "CREATE TABLE two ()", "CREATE TABLE three (); \(statement)"]
            let error = try #require(
                await database.failure(ScriptSource(scripts), options: RunOptions(singleTransaction: true)))
            #expect(error.failed?.path == "0003_step.sql")
            #expect(error.description.contains(reason))
            #expect(try await database.history() == [])
            #expect(try await database.tables() == [])
        }
    }

    @Test("A script that removes the empty table before anything is applied fails as well")
    func firstScript() async throws {
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(ScriptSource(["DROP TABLE schema_versions"])))
            #expect(
                error.description == """
                    0001_step.sql: error: the script removed the history table public.schema_versions
                    server: relation "public.schema_versions" does not exist (42P01)
                    hint: remove that statement: the history must outlive every migration.
                    Nothing of 0001_step.sql was applied.
                    """)
            #expect(try await database.migrate(ScriptSource(["SELECT 1"])) == ["0001_step.sql"])
        }
    }

    @Test("A script may read it, comment on it and give it indexes and columns")
    func allowed() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                ScriptSource([
                    "SELECT count(*) FROM schema_versions; COMMENT ON TABLE schema_versions IS 'ours'",
                    "CREATE INDEX ON schema_versions (applied_at); ALTER TABLE schema_versions ADD COLUMN note text DEFAULT 'x'",
                    "GRANT SELECT ON schema_versions TO pg_monitor; CREATE VIEW v AS SELECT * FROM schema_versions",
                ]))
            #expect(try await database.query("SELECT version, note FROM v ORDER BY 1") == ["1|x", "2|x", "3|x"])
        }
    }

    @Test("Recording a drifted migration does not make the next script look as if it removed a row")
    func recordThenApply() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(ScriptSource(["SELECT 1"]))
            let source = ScriptSource(["SELECT 'changed'", "CREATE TABLE two ()"])
            try await database.runner(source).fake(MigrationID(version: 1))
            let session = try await PostgresVersionStore(database.configuration()).openSession()
            let migrations = try await source.migrations().sorted { $0.id < $1.id }
            _ = try await session.history()
            try await session.lock(LockRequest()) { _ in }
            _ = try await session.history()
            try await session.record([migrations[0]])
            _ = try await session.apply(MigrationBatch([migrations[1]], from: source)) { _ in }
            await session.close()
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }
}
