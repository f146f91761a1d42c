// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

extension SessionStateTests {
    private static func look(_ leftover: Leftover) -> String {
        "CREATE TABLE IF NOT EXISTS public.seen (state text); INSERT INTO public.seen SELECT \(leftover.query)"
    }

    @Test(
        "A file that runs as a sequence leaves as little to the next one, and its own steps share it",
        arguments: leftovers)
    func isolatedSequence(leftover: Leftover) async throws {
        try await TestDatabase.with { database in
            try await Self.makeRole(on: database)
            let look = Self.look(leftover)
            try await database.migrate(
                ScriptSource([look, "\(leftover.statement);\nVACUUM public.seen;", "\(look);\nVACUUM;"]))
            #expect(try await database.history() == ["core:1", "core:2", "core:3"])
            let seen = try await database.query("SELECT state FROM public.seen")
            #expect(seen.count == 2)
            #expect(seen.first == seen.last)
            #expect(try await database.query("SELECT * FROM public.schema_versions_journal") == [])
        }
    }

    @Test(
        "What a script left that failed does not reach the next one in the same session", arguments: leftovers,
        ["", "VACUUM;\n"])
    func isolatedFailure(leftover: Leftover, before: String) async throws {
        try await TestDatabase.with { database in
            try await Self.makeRole(on: database)
            let look = Self.look(leftover)
            let source = ScriptSource([
                look, "\(before)\(leftover.statement);\nVACUUM public.seen;\nSELECT 1 / 0;", "\(look);",
            ])
            let migrations = try await source.migrations().sorted { $0.id < $1.id }
            let session = try await PostgresVersionStore(database.configuration()).openSession()
            try await session.lock(LockRequest(), observe: { _ in })
            _ = try await session.apply(MigrationBatch([migrations[0]], from: source), observe: { _ in })
            await #expect(throws: PostgresError.self) {
                _ = try await session.apply(MigrationBatch([migrations[1]], from: source), observe: { _ in })
            }
            _ = try await session.apply(MigrationBatch([migrations[2]], from: source), observe: { _ in })
            await session.close()
            #expect(try await database.history() == ["core:1", "core:3"])
            let seen = try await database.query("SELECT state FROM public.seen")
            #expect(seen.count == 2)
            #expect(seen.first == seen.last)
        }
    }

    @Test(
        "A transaction that a file leaves open is refused, with its place, before anything is executed",
        arguments: ["", "VACUUM;\n"])
    func idleTransaction(before: String) async throws {
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(ScriptSource(["\(before)BEGIN; CREATE TABLE a ();"])))
            #expect(error.description.hasPrefix("0001_step.sql:\(before.isEmpty ? 1 : 2):1: error: "))
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
        }
    }

    @Test(
        "An advisory lock that a script keeps stands in the way of no other, and ends with the run",
        arguments: ["", "VACUUM;\n"])
    func advisoryLocks(before: String) async throws {
        try await TestDatabase.with { database in
            let script = "\(before)SELECT pg_advisory_lock(42);"
            let look = "\(before)CREATE TABLE seen AS SELECT pg_try_advisory_lock(42) AS taken"
            try await database.migrate(ScriptSource([script, look]))
            #expect(try await database.query("SELECT taken FROM seen") == ["t"])
            #expect(try await database.history() == ["core:1", "core:2"])
            #expect(try await eventually { try await database.advisoryLockCount() == 0 })
        }
    }
}
