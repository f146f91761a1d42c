// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("A primary whose place is taken", .timeLimit(.minutes(15)))
struct FailoverTests {
    /// The second script waits on that server for ever, with its COMMIT on the way already.
    private func scripts(waitingOn server: ThrowawayPostgres) -> ScriptSource {
        let name = server.folder.split(separator: "/").last ?? ""
        return ScriptSource([
            "CREATE TABLE a ()",
            "CREATE TABLE b (); SELECT pg_sleep(600) WHERE current_setting('cluster_name') = '\(name)'",
            "CREATE TABLE c ()",
        ])
    }

    private func waitForSleep(in database: TestDatabase) async throws {
        let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        #expect(try await eventually { try await database.query(sleeping) == ["1"] })
    }

    private func tables(of database: TestDatabase, on standby: TestStandby) async throws -> [String] {
        let parameters = standby.server.connectionParameters(database: database.name)
        let connection = try await PostgresConnection.open(PostgresConfiguration(parameters: parameters))
        let rows = try await connection.query(
            """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            UNION ALL SELECT version::text FROM schema_versions ORDER BY 1
            """)
        await connection.close()
        return rows.compactMap(\.first).compactMap(\.self)
    }

    @Test(
        "With several hosts in the URL the run goes on with the new primary, also where that has lost a part of it",
        arguments: [true, false])
    func severalHosts(isReplicated: Bool) async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await TestStandby.with(of: database.server) { standby in
                if !isReplicated { try await standby.detach() }
                let hosts = [database.server.socketDirectory, standby.server.socketDirectory].joined(separator: ",")
                let store = PostgresVersionStore(
                    database.configuration(["host": hosts, "target_session_attrs": "read-write"]))
                let events = EventLog()
                let runner = MigrationRunner(source: scripts(waitingOn: database.server), store: store) {
                    events.add($0)
                }
                let run = Task { try await runner.applyPending() }
                try await waitForSleep(in: database)
                if isReplicated { try await standby.waitUntilEqual() }
                try await database.server.stopServer(.immediate)
                await events.wait { if case .reconnecting = $0 { true } else { false } }
                try await standby.promote()
                let applied = try await run.value.applied.map(\.migration.path)
                #expect(applied == ["0001_step.sql", "0002_step.sql", "0003_step.sql"])
                let names = try await tables(of: database, on: standby)
                #expect(names == ["1", "2", "3", "a", "b", "c", "schema_versions"])
            }
        }
    }

    @Test(
        "One address behind which servers change: a standby is not believed, it is asked again until it is the primary")
    func oneAddress() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await TestStandby.with(of: database.server) { standby in
                let folder = "/tmp/address-\(UInt32.random(in: 0 ... .max))"
                let files = FileManager.default
                try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
                defer { try? files.removeItem(atPath: folder) }
                let socket = "/.s.PGSQL.5432"
                try files.createSymbolicLink(
                    atPath: folder + socket, withDestinationPath: database.server.socketDirectory + socket)
                let runner = MigrationRunner(
                    source: scripts(waitingOn: database.server),
                    store: PostgresVersionStore(database.configuration(["host": folder])))
                let run = Task { try await runner.applyPending() }
                try await waitForSleep(in: database)
                try await standby.waitUntilEqual()
                try files.removeItem(atPath: folder + socket)
                try files.createSymbolicLink(
                    atPath: folder + socket, withDestinationPath: standby.server.socketDirectory + socket)
                try await database.server.stopServer(.immediate)
                // It was asked, and as a standby it could not be believed.
                let asked = "statement: SELECT pg_is_in_recovery()"
                #expect(try await eventually { try standby.server.log().ranges(of: asked).count > 1 })
                try await standby.promote()
                #expect(try await run.value.applied.count == 3)
                let names = try await tables(of: database, on: standby)
                #expect(names == ["1", "2", "3", "a", "b", "c", "schema_versions"])
            }
        }
    }

    @Test(
        "A server that becomes read-only under a run: nothing of the file is applied, and the message says what to do",
        arguments: ["CREATE TABLE b ()", "SELECT 1"])
    func becomesReadOnly(script: String) async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            let scripts = ScriptSource(["CREATE TABLE a ()", script])
            let source = HookedSource(scripts, before: "0002_step.sql") {
                try await Self.setReadOnly("on", on: database)
            }
            let store = PostgresVersionStore(database.configuration())
            let error = try #require(await MigrationRunner(source: source, store: store).failure())
            #expect(error.code == .failed)
            let text = error.description
            #expect(text.contains("in a read-only transaction (25006)"), "\(text)")
            #expect(text.contains("connect to the primary"))
            #expect(text.hasSuffix("Nothing of 0002_step.sql was applied. 1 migration before it was (0001)."))
            #expect(try await database.history() == ["core:1"])
            try await Self.setReadOnly("off", on: database)
            #expect(try await database.migrate(scripts) == ["0002_step.sql"])
        }
    }

    /// Returns when every session has been told.
    private static func setReadOnly(_ value: String, on database: TestDatabase) async throws {
        try await database.query("ALTER SYSTEM SET default_transaction_read_only = \(value)")
        try await database.query("SELECT pg_reload_conf()")
        // A new session has it only after all others were told.
        #expect(try await eventually { try await database.query("SHOW default_transaction_read_only") == [value] })
    }
}
