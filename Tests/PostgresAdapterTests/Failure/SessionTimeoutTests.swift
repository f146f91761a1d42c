// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Limits of the server for idle sessions and for transactions")
struct SessionTimeoutTests {
    /// So much that its first part is executed before its last part is read.
    private static let long = "CREATE TABLE a ();\nSELECT '\(String(repeating: "x", count: 1_500_000))';\nSELECT 1;"

    private func run(_ source: SlowSource, on database: TestDatabase) async throws -> [String] {
        try await runner(source, on: database).applyPending().applied.map(\.migration.path)
    }

    private func runner(
        _ source: SlowSource, on database: TestDatabase
    ) -> MigrationRunner<SlowSource, PostgresVersionStore> {
        MigrationRunner(source: source, store: PostgresVersionStore(database.configuration()))
    }

    /// Presets a limit for every session of a database, where the server has it.
    private func preset(_ setting: String, _ value: String, on database: TestDatabase) async throws {
        guard try await database.query("SELECT 1 FROM pg_settings WHERE name = '\(setting)'") == ["1"] else { return }
        try await database.query("ALTER DATABASE \(database.name) SET \(setting) = '\(value)'")
    }

    @Test("A script that comes slowly does not end its transaction")
    func slowScript() async throws {
        try await TestDatabase.with(among: .lasting) { database in
            try await preset("idle_in_transaction_session_timeout", "200ms", on: database)
            var source = SlowSource([Self.long, "CREATE TABLE b ();"])
            source.pauseWithin = 0.5
            #expect(try await run(source, on: database) == ["0001_step.sql", "0002_step.sql"])
        }
    }

    @Test("Nor does a statement that takes long")
    func longStatement() async throws {
        try await TestDatabase.with(among: .lasting) { database in
            try await preset("transaction_timeout", "1s", on: database)
            try await preset("idle_in_transaction_session_timeout", "1s", on: database)
            let source = SlowSource(["SELECT pg_sleep(1.5);", "CREATE TABLE b (); SELECT pg_sleep(1.5);"])
            #expect(try await run(source, on: database) == ["0001_step.sql", "0002_step.sql"])
        }
    }

    @Test("A script that is long in coming does not end the run's session")
    func slowSource() async throws {
        try await TestDatabase.with(among: .lasting) { database in
            try await preset("idle_session_timeout", "20s", on: database)
            var source = SlowSource(["CREATE TABLE a ();", "CREATE TABLE b ();"])
            source.pauseBefore = 21
            #expect(try await run(source, on: database) == ["0001_step.sql", "0002_step.sql"])
        }
    }

    @Test("They are off for every script and statement of a run, also after one that set its own")
    func settings() async throws {
        try await TestDatabase.with { database in
            let names = ["idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout"]
            for name in names { try await preset(name, "1h", on: database) }
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            let look =
                "INSERT INTO seen SELECT name, setting FROM pg_settings WHERE name IN (\(list)) AND setting <> '0';"
            let own = "SET idle_in_transaction_session_timeout = '7min';"
            let source = ScriptSource([
                "CREATE TABLE seen (name text, setting text);", look, "\(look)\n\(own)", look,
                "\(look)\nVACUUM seen;\n\(own)\nDISCARD ALL;\n\(look)", look,
            ])
            try await database.migrate(source)
            #expect(try await database.query("SELECT name, setting FROM seen") == [])
        }
    }

    @Test("One that the script sets itself ends the run, says so, and nothing is half done")
    func ownLimit() async throws {
        try await TestDatabase.with(among: .lasting) { database in
            let own = "SET idle_in_transaction_session_timeout = '100ms';\n\(Self.long)"
            var source = SlowSource([own])
            source.pauseWithin = 0.6
            let error = try #require(await runner(source, on: database).failure())
            #expect(error.code == .storeUnavailable)
            #expect(
                error.description.hasSuffix(
                    """
                     was lost: terminating connection due to idle-in-transaction timeout
                    hint: a run switches that limit off for its session, so the script sets it: remove that, or make it longer.
                    Nothing of 0001_step.sql was applied.
                    """), "\(error)")
            #expect(try await database.tables() == [])
            #expect(try await run(SlowSource([Self.long]), on: database) == ["0001_step.sql"])
        }
    }
}
