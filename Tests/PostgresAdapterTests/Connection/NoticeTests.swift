// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Notices")
struct NoticeTests {
    @Test("What the server says on the side comes with its severity, its code and the migration that caused it")
    func fields() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            try await database.migrate(
                ScriptSource([
                    "DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'é second' USING ERRCODE = 'STR01'; RAISE INFO 'third'; END $$",
                    "CREATE TABLE a (); CREATE TABLE IF NOT EXISTS a ()", "DO $$ BEGIN RAISE LOG 'not for us'; END $$",
                ]), events: events)
            let first = MigrationID(version: 1)
            #expect(
                events.notices == [
                    StoreNotice(severity: "NOTICE", message: "first", code: "00000", migration: first),
                    StoreNotice(severity: "WARNING", message: "é second", code: "STR01", migration: first),
                    StoreNotice(severity: "INFO", message: "third", code: "00000", migration: first),
                    StoreNotice(
                        severity: "NOTICE", message: #"relation "a" already exists, skipping"#, code: "42P07",
                        migration: MigrationID(version: 2)),
                ])
        }
    }

    @Test(
        "They stand between the start and the end of their migration, also in one transaction for all files",
        arguments: [false, true])
    func order(together: Bool) async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            try await database.migrate(
                ScriptSource((1...3).map { "DO $$ BEGIN RAISE NOTICE '\($0)'; END $$" }),
                options: RunOptions(singleTransaction: together), events: events)
            let told = events.events.compactMap { event in
                switch event {
                case .started(let migration, _, _): "start \(migration.id.version)"
                case .notice(let notice): "notice \(notice.message)"
                case .executed(let applied, _, _): "end \(applied.migration.id.version)"
                default: nil
                }
            }
            #expect(told == (1...3).flatMap { ["start \($0)", "notice \($0)", "end \($0)"] })
        }
    }

    @Test("More than 10,000 of them arrive, all and in order")
    func many() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            try await database.migrate(
                ScriptSource(["DO $$ BEGIN FOR i IN 1..10001 LOOP RAISE NOTICE '%', i; END LOOP; END $$"]),
                events: events)
            #expect(events.notices.map(\.message) == (1...10_001).map(String.init))
        }
    }

    @Test("Those of a script that fails arrive as well")
    func failing() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            let runner = database.runner(
                ScriptSource(["DO $$ BEGIN RAISE NOTICE 'on the way'; RAISE EXCEPTION 'no'; END $$"]), events: events)
            await #expect(throws: MigrationError.self) { try await runner.applyPending() }
            #expect(events.notices.map(\.message) == ["on the way"])
        }
    }

    @Test("A run of ours causes none by itself")
    func quiet() async throws {
        try await TestDatabase.with { database in
            let events = EventLog()
            try await database.migrate(ScriptSource(["CREATE TABLE a ()", "BEGIN; SELECT 1; COMMIT"]), events: events)
            #expect(events.notices == [])
        }
    }
}
