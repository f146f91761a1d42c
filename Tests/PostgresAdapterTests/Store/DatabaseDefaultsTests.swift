// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A database with defaults of its own")
struct DatabaseDefaultsTests {
    @Test("Backslashes in strings are read as the database says", arguments: ["on", "off"])
    func strings(conforming: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("ALTER DATABASE \(database.name) SET standard_conforming_strings = \(conforming)")
            let text = conforming == "on" ? #"'C:\'"# : #"'it\'s; here'"#
            let source = ScriptSource(["CREATE TABLE a AS SELECT \(text)::text AS value;", "CREATE TABLE b ()"])
            try await database.migrate(source)
            #expect(try await database.query("SELECT value FROM a") == [conforming == "on" ? #"C:\"# : "it's; here"])
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }

    @Test("What the database reads as an open string is refused before anything is executed", arguments: ["on", "off"])
    func openString(conforming: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("ALTER DATABASE \(database.name) SET standard_conforming_strings = \(conforming)")
            let text = conforming == "on" ? #"'it\'s'"# : #"'C:\'"#
            let error = try #require(await database.failure(ScriptSource(["CREATE TABLE a ()", "SELECT \(text);"])))
            #expect(error.code == .refused)
            #expect(error.description.contains("string that begins here is not closed"))
            #expect(try await database.tables() == [])
        }
    }

    @Test("A file name with a backslash is recorded as it is", arguments: ["on", "off"])
    func names(conforming: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("ALTER DATABASE \(database.name) SET standard_conforming_strings = \(conforming)")
            let name = #"0001_it's\n.sql"#
            try await database.migrate(["0001_it's\\n.sql": "SELECT 1"])
            #expect(try await database.query("SELECT description FROM schema_versions") == [name])
        }
    }

    @Test(
        "A search path of the database does not lead us to another table", arguments: ["app, public", "''", "pg_temp"])
    func searchPath(path: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE SCHEMA app; ALTER DATABASE \(database.name) SET search_path = \(path)")
            let source = ScriptSource(["CREATE TABLE public.a ()", "SELECT 1"])
            try await database.migrate(source)
            #expect(try await database.migrate(source) == [])
            #expect(try await database.history() == ["core:1", "core:2"])
        }
    }

    @Test(
        "How talkative the server is, how it writes dates and how long it waits makes no difference",
        arguments: [
            "client_min_messages = debug5", "client_min_messages = error", "DateStyle = 'German, DMY'",
            "default_transaction_isolation = serializable", "default_transaction_deferrable = on",
            "lock_timeout = '2s'",
            "client_encoding = 'LATIN1'", "array_nulls = off", "bytea_output = escape", "intervalstyle = iso_8601",
        ])
    func settings(setting: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("ALTER DATABASE \(database.name) SET \(setting)")
            let source = ScriptSource(["CREATE TABLE a AS SELECT 'é漢'::text AS value", "CREATE TABLE b ()"])
            try await database.migrate(source)
            #expect(try await database.migrate(source) == [])
            #expect(try await database.query("SELECT value, length(value) FROM a") == ["é漢|2"])
        }
    }
}
