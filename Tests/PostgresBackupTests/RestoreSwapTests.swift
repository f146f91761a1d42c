// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// What is in the way of the two renames, and the ways back.
@Suite(.timeLimit(.minutes(60))) struct RestoreSwapTests {
    private func withSet(
        _ options: ThrowawayPostgres.Options = .init(), _ sql: String = "SELECT 1",
        _ body: @Sendable (RestoreTrial, StoredPart) async throws -> Void
    ) async throws {
        try await TestDatabase.withServerOfItsOwn(options) { owner in
            let trial = RestoreTrial(database: TestDatabase(server: owner.server, name: "app"))
            try await trial.execute("CREATE DATABASE app")
            try await trial.database.query("CREATE TABLE t AS SELECT 1 AS a")
            try await trial.database.query(sql)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(trial.database, to: destination, .init(digest: true)))
                try await trial.database.query("UPDATE t SET a = 2")
                try await body(trial, part)
            }
        }
    }

    @Test func `prepared transactions are named, when the session is opened and before the swap`() async throws {
        var options = ThrowawayPostgres.Options()
        options.settings["max_prepared_transactions"] = "5"
        try await withSet(options) { trial, part in
            let prepare = "BEGIN; INSERT INTO t VALUES (3); PREPARE TRANSACTION 'half way'"
            let session = try await trial.open(part)
            try await session.prepare { _ in }
            try await trial.database.query(prepare)
            let late = await #expect(throws: PostgresBackupError.self) { _ = try await session.swap { _ in } }
            #expect(
                late?.category == .refused && late?.message.contains("half way") == true, "\(String(describing: late))")
            await session.discard()
            #expect(try await trial.names() == ["app"])
            #expect(await trial.refusal(part)?.message.contains("half way") == true)
            try await trial.database.query("ROLLBACK PREPARED 'half way'")
            try await trial.restore(part)
            #expect(try await trial.database.query("SELECT a FROM t") == ["1"])
        }
    }

    @Test func `what would keep an undo from its end is found before anything is renamed`() async throws {
        var options = ThrowawayPostgres.Options()
        options.settings["max_prepared_transactions"] = "5"
        try await withSet(options) { trial, part in
            guard case .nothing(let reason) = try await trial.target.undoState(set: trial.set) else {
                Issue.record("nothing was restored")
                return
            }
            #expect(reason.contains("there is no database \(trial.before.name)"))
            try await trial.restore(part)
            #expect(try await trial.target.undoState(set: trial.set) == .possible)
            try await trial.database.query("BEGIN; INSERT INTO t VALUES (3); PREPARE TRANSACTION 'half way'")
            let prepared = await #expect(throws: PostgresBackupError.self) {
                _ = try await trial.target.undoState(set: trial.set)
            }
            #expect(prepared?.message.contains("half way") == true)
            try await trial.database.query("ROLLBACK PREPARED 'half way'")
            try await trial.execute("CREATE ROLE stranger LOGIN CREATEDB")
            var stranger = trial
            stranger.user = "stranger"
            let target = stranger.target
            let foreign = await #expect(throws: PostgresBackupError.self) {
                _ = try await target.undoState(set: trial.set)
            }
            #expect(foreign?.category == .refused)
            #expect(foreign?.message.contains("may not rename app and \(trial.before.name)") == true)
            #expect(try await trial.names() == ["app", trial.before.name])
        }
    }

    @Test func `what an earlier restore kept gets a number, and its name back when the swap is taken back`()
        async throws
    {
        try await withSet { trial, part in
            try await trial.restore(part)
            let earlier = TestDatabase(server: trial.database.server, name: "\(trial.before.name).1")
            let session = try await trial.open(part)
            #expect(session.notices.contains { $0.contains("DROP DATABASE \"\(earlier.name)\"") }, "\(session.notices)")
            try await session.prepare { _ in }
            _ = try await session.swap { _ in }
            #expect(try await trial.names() == ["app", trial.before.name, earlier.name])
            #expect(try await earlier.query("SELECT a FROM t") == ["2"])
            #expect(try await trial.before.query("SELECT a FROM t") == ["1"])
            #expect(try await session.revert())
            await session.discard()
            #expect(try await trial.names() == ["app", trial.before.name, trial.undone.name])
            #expect(try await trial.before.query("SELECT a FROM t") == ["2"])
        }
    }

    /// Ends the session that swaps, as soon as a condition of `pg_stat_activity` holds for it.
    private func endSwap(_ trial: RestoreTrial, when condition: String) async throws {
        let observer = try await PostgresConnection.open(
            TestDatabase(server: trial.database.server, name: "template1").configuration())
        let sql = """
            SELECT pid FROM pg_stat_activity WHERE datname = 'postgres' AND query LIKE '%RENAME%' AND pid <> pg_backend_pid() AND \(condition)
            """
        #expect(try await eventually { try await !observer.query(sql).isEmpty })
        try await observer.query("SELECT pg_terminate_backend(pid) FROM (\(sql)) AS swap")
        await observer.close()
    }

    @Test func `a connection that is lost at the commit is looked up: it was done`() async throws {
        try await withSet { trial, part in
            let session = try await trial.open(part)
            try await session.prepare { _ in }
            // A commit waits for a standby that never comes; what ends the waiting does not take it back.
            try await trial.database.server.makeCommitsWait()
            async let swapped = session.swap { _ in }
            try await endSwap(trial, when: "wait_event = 'SyncRep'")
            let sentences = try await swapped
            try await trial.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
            #expect(sentences.contains { $0.contains("app_before_") }, "\(sentences)")
            await session.discard()
            #expect(try await trial.database.query("SELECT a FROM t") == ["1"])
            #expect(try await trial.names() == ["app", trial.before.name])
        }
    }

    @Test func `a connection that is lost before the commit is looked up: nothing was done, and nothing is left`()
        async throws
    {
        try await withSet { trial, part in
            let session = try await trial.open(part)
            try await session.prepare { _ in }
            // Who changes a database holds the lock that renaming it needs.
            let holder = try await PostgresConnection.open(
                TestDatabase(server: trial.database.server, name: "template1").configuration())
            try await holder.query("BEGIN; COMMENT ON DATABASE app IS 'held'")
            let swap = Task { try await session.swap { _ in } }
            try await endSwap(trial, when: "wait_event_type = 'Lock'")
            let error = await #expect(throws: PostgresBackupError.self) { _ = try await swap.value }
            await holder.close()
            #expect(
                error?.category == .store && error?.message.contains("as they were") == true,
                "\(String(describing: error))")
            await session.discard()
            #expect(try await trial.database.query("SELECT a FROM t") == ["2"])
            #expect(try await trial.names() == ["app"])
        }
    }

    @Test func `a swap is taken back, also one that replaced nothing`() async throws {
        try await withSet { trial, part in
            func swapAndRevert() async throws {
                let session = try await trial.open(part)
                try await session.prepare { _ in }
                #expect(try await !session.revert())
                _ = try await session.swap { _ in }
                #expect(try await trial.database.query("SELECT a FROM t") == ["1"])
                #expect(try await session.revert())
                await session.discard()
            }
            try await swapAndRevert()
            #expect(try await trial.database.query("SELECT a FROM t") == ["2"])
            #expect(try await trial.names() == ["app", trial.undone.name])
            // What the first one put aside does not close the way back.
            try await swapAndRevert()
            #expect(try await trial.database.query("SELECT a FROM t") == ["2"])
            #expect(try await trial.names() == ["app", trial.undone.name])
            try await trial.database.drop()
            try await trial.undone.drop(isForced: false)
            try await swapAndRevert()
            #expect(try await trial.names() == [trial.undone.name])
        }
    }

    @Test func `undo says what is there where the database is gone`() async throws {
        try await withSet { trial, part in
            try await trial.restore(part)
            try await trial.database.drop()
            let done = try await trial.target.undo(set: trial.set) { _ in }
            #expect(!done.contains { $0.contains("_undone_") }, "\(done)")
            #expect(try await trial.names() == ["app"])
            #expect(try await trial.database.query("SELECT a FROM t") == ["2"])
        }
    }

    @Test func `a replacement with a subscription is dropped, and what stays with the old database is told`()
        async throws
    {
        var options = ThrowawayPostgres.Options()
        options.settings["wal_level"] = "logical"
        let subscription = """
            CREATE SUBSCRIPTION "sub 1" CONNECTION 'host=/nonexistent dbname=x' PUBLICATION p
            WITH (connect = false, slot_name = 'slot_1')
            """
        try await withSet(options, subscription) { trial, part in
            try await trial.database.query("ALTER SUBSCRIPTION \"sub 1\" ENABLE")
            try await trial.database.query("SELECT pg_create_logical_replication_slot('reader', 'pgoutput')")
            let session = try await trial.open(part)
            #expect(session.notices.contains { $0.contains("sub 1") }, "\(session.notices)")
            #expect(session.notices.contains { $0.contains("reader") }, "\(session.notices)")
            try await session.prepare { _ in }
            #expect(try await trial.names().contains(trial.replacement.name))
            await session.discard()
            #expect(try await trial.names() == ["app"])
            try await trial.restore(part)
            #expect(try await trial.database.query("SELECT a FROM t") == ["1"])
        }
    }

    @Test func `a role without access to postgres renames from template1`() async throws {
        try await withSet { trial, part in
            try await trial.execute(
                "CREATE ROLE plain LOGIN CREATEDB", "ALTER DATABASE app OWNER TO plain",
                "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC")
            try await trial.database.query("ALTER TABLE t OWNER TO plain")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(trial.database, to: destination))
                try await trial.database.query("UPDATE t SET a = 3")
                var plain = trial
                plain.user = "plain"
                try await trial.database.waitUntilSuperuserIsGone()
                try await plain.restore(part)
                #expect(try await trial.database.query("SELECT a FROM t") == ["2"])
                try await trial.database.waitUntilSuperuserIsGone()
                _ = try await plain.target.undo(set: trial.set) { _ in }
                #expect(try await trial.database.query("SELECT a FROM t") == ["3"])
                let named = PostgresRestoreTarget(
                    trial.database.configuration(user: "plain"), launcher: TestLauncher(),
                    programs: trial.database.server.binaries.folder, maintenanceDatabase: "postgres")
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await named.openSession(part, options: RestoreOptions())
                }
                #expect(error?.category == .configuration, "\(String(describing: error))")
                #expect(error?.message.contains("--maintenance-database") == true)
            }
        }
    }

    @Test func `the database that is named like its user is restored, be it postgres itself`() async throws {
        try await TestDatabase.withServerOfItsOwn { owner in
            let database = TestDatabase(server: owner.server, name: "postgres")
            try await database.query("CREATE TABLE t AS SELECT 1 AS a")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)))
                try await database.query("UPDATE t SET a = 2")
                var parameters = database.server.connectionParameters(database: "postgres", user: "postgres")
                parameters["dbname"] = nil
                let target = PostgresRestoreTarget(
                    PostgresConfiguration(parameters: parameters), launcher: TestLauncher(),
                    programs: database.server.binaries.folder)
                #expect(target.address.hasSuffix("/postgres"))
                let session = try await target.openSession(part, options: RestoreOptions())
                try await session.prepare { _ in }
                _ = try await session.swap { _ in }
                await session.discard()
                #expect(try await database.query("SELECT a FROM t") == ["1"])
            }
        }
    }
}
