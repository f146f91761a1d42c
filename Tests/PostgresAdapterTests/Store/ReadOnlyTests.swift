// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A database that cannot be written to")
struct ReadOnlyTests {
    private let one: ScriptSource = ["0001_a.sql": "CREATE TABLE a ()"]
    private let two: ScriptSource = ["0001_a.sql": "CREATE TABLE a ()", "0002_b.sql": "CREATE TABLE b ()"]

    /// The message of a run as a role of its own, with the database's address as `ADDRESS` and the role as `ROLE`.
    private func message(
        _ source: ScriptSource, on database: TestDatabase, grants: String = "", user: String? = "",
        store: PostgresVersionStore.Options = PostgresVersionStore.Options()
    ) async throws -> String {
        let role = user == "" ? "role_\(database.name)" : user
        if user == "" {
            try await database.query("CREATE ROLE \(role ?? "") LOGIN; \(grants.replacing("ROLE", with: role ?? ""))")
        }
        let error = try #require(await database.failure(source, store: store, user: role))
        #expect(error.code == .failed)
        let address =
            "socket \(database.server.folder), port 5432, database \(database.name), user \(role ?? "postgres")"
        return error.description.replacing(address, with: "ADDRESS").replacing(role ?? "postgres", with: "ROLE")
    }

    @Test("A role that may not write to the history")
    func noInsert() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(one)
            let text = try await message(two, on: database, grants: "GRANT SELECT ON schema_versions TO ROLE")
            #expect(
                text == """
                    role ROLE may not write to the history table public.schema_versions on ADDRESS
                    hint: use the role that owns the schema, or GRANT INSERT ON "public"."schema_versions" TO "ROLE".
                    """)
            #expect(try await database.tables() == ["a"])
        }
    }

    @Test("A role that may not even read the history")
    func noSelect() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(one)
            let text = try await message(two, on: database)
            #expect(
                text == """
                    the history public.schema_versions on ADDRESS cannot be used: permission denied for table schema_versions (42501)
                    hint: grant SELECT and INSERT on it and USAGE on its schema to this role, or connect as its owner.
                    """)
        }
    }

    @Test("A role that may not create the history table")
    func noCreate() async throws {
        try await TestDatabase.with { database in
            let text = try await message(one, on: database)
            #expect(
                text == """
                    role ROLE may not create the history table public.schema_versions on ADDRESS
                    hint: use the role that owns the schema, or GRANT CREATE ON SCHEMA "public" TO "ROLE", or choose another \
                    schema with --history-table SCHEMA.TABLE.
                    """)
            #expect(try await database.history() == [])
        }
    }

    @Test("A role that may write rows but is not the owner, when the version column has to be widened")
    func notOwner() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE schema_versions (component text, version int, checksum text, applied_at timestamp, description text)"
            )
            let source: ScriptSource = ["20250916123000_a.sql": "SELECT 1"]
            let text = try await message(
                source, on: database, grants: "GRANT SELECT, INSERT ON schema_versions TO ROLE")
            #expect(
                text == """
                    the version column of public.schema_versions on ADDRESS is integer and has to become bigint for these \
                    migrations: permission denied for table schema_versions (42501)
                    hint: let its owner do it once: ALTER TABLE "public"."schema_versions" ALTER COLUMN version TYPE bigint
                    Nothing of 20250916123000_a.sql was applied.
                    """)
        }
    }

    @Test("A schema that does not exist")
    func noSchema() async throws {
        try await TestDatabase.with { database in
            let store = PostgresVersionStore.Options(historyTable: HistoryTable(schema: "app"))
            let text = try await message(one, on: database, user: nil, store: store)
            #expect(
                text == """
                    there is no schema app on ADDRESS for the history table app.schema_versions
                    hint: create it, or choose another one with --history-table SCHEMA.TABLE.
                    """)
        }
    }

    @Test("Sessions that are read-only by default")
    func readOnlySessions() async throws {
        try await TestDatabase.with { database in
            try await database.query("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
            let text = try await message(one, on: database, user: nil)
            #expect(
                text == """
                    sessions of role ROLE on ADDRESS are read-only (default_transaction_read_only is on)
                    hint: use the role that owns the schema, or ALTER ROLE … SET default_transaction_read_only = off.
                    """)
        }
    }

    @Test("A standby")
    func standby() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.migrate(one)
            try await database.server.restart(standby: true)
            let text = try await message(two, on: database, user: nil)
            #expect(
                text == """
                    ADDRESS is a standby (in recovery): it cannot be written to
                    hint: connect to the primary, or give all hosts and target_session_attrs=read-write in the URL.
                    """)
            #expect(try await database.migrate(one) == [])
        }
    }

    @Test("A history of that name in another schema that sessions would find")
    func otherSchema() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE SCHEMA app; ALTER DATABASE \(database.name) SET search_path = app, public")
            let app = PostgresVersionStore.Options(historyTable: HistoryTable(schema: "app"))
            try await database.migrate(one, store: app)
            let text = try await message(two, on: database, user: nil)
            #expect(
                text == """
                    there is no public.schema_versions on ADDRESS, but app.schema_versions. A new history would apply everything \
                    once more
                    hint: if that is the history of these migrations, say so: --history-table app.schema_versions.
                    """)
            #expect(try await database.migrate(two, store: app) == ["0002_b.sql"])
        }
    }

    @Test(
        "A table of that name with another layout",
        arguments: [
            ("id int", #"is not a history table of the expected layout: column "component" does not exist (42703)"#),
            (
                "component text, version text, checksum text, description text, applied_at text",
                "has a version column of type text"
            ),
            (
                "component text, version bool DEFAULT true, checksum text, description text, applied_at text",
                "has a version that is not a whole number"
            ),
        ])
    func otherLayout(columns: String, reason: String) async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE schema_versions (\(columns)); INSERT INTO schema_versions DEFAULT VALUES")
            if columns.contains("version text") {
                try await database.query("UPDATE schema_versions SET version = '7', component = 'other'")
            }
            let text = try await message(one, on: database, user: nil)
            #expect(text.hasPrefix("public.schema_versions on ADDRESS \(reason)"))
            #expect(text.contains("--history-table"))
            #expect(try await database.tables() == [])
        }
    }
}
