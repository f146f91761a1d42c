// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// Restores where something is not as usual.
@Suite(.timeLimit(.minutes(60))) struct RestorePathTests {
    private let set = "backup_20250916_123000"

    private func target(_ database: TestDatabase, user: String? = nil) -> PostgresRestoreTarget {
        PostgresRestoreTarget(
            database.configuration(user: user), launcher: TestLauncher(), programs: database.server.binaries.folder)
    }

    private func restore(_ part: StoredPart, into database: TestDatabase, user: String? = nil) async throws {
        let session = try await target(database, user: user).openSession(part, options: RestoreOptions())
        do {
            try await session.prepare { _ in }
            _ = try await session.swap { _ in }
        } catch {
            await session.discard()
            throw error
        }
        await session.discard()
    }

    /// Runs a body with a database of its own making, and drops what is left of it.
    private func withDatabase(
        _ options: String, _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.with { owner in
            let database = TestDatabase(server: owner.server, name: "\(owner.name)_own")
            try await TestDatabase.execute("CREATE DATABASE \(database.name) \(options)", on: owner.server)
            var failure: (any Error)?
            do { try await body(database) } catch { failure = error }
            for name in try await owner.query(
                "SELECT datname FROM pg_database WHERE datname LIKE '\(owner.name)\\_own%'")
            {
                try await TestDatabase(server: owner.server, name: name).drop()
            }
            if let failure { throw failure }
        }
    }

    private func names(like database: TestDatabase, _ server: TestDatabase) async throws -> [String] {
        try await server.query("SELECT datname FROM pg_database WHERE datname LIKE '\(database.name)%' ORDER BY 1")
    }

    private static let localeSQL = """
        SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider, to_jsonb(d) ->> 'daticulocale',
            to_jsonb(d) ->> 'datlocale' FROM pg_database d WHERE datname = current_database()
        """

    @Test(arguments: [
        "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'",
        "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'",
    ])
    func `a database keeps its encoding and locale, also when it is not there any more`(_ options: String) async throws
    {
        if options.contains("icu"), try await !TestDatabase.with({ try await $0.hasICU() }) { return }
        try await withDatabase(options) { database in
            try await database.query("CREATE TABLE t (a text UNIQUE); INSERT INTO t VALUES ('Äpfel'), ('Zebra')")
            let before = try await database.query(Self.localeSQL)
            let dump = try await database.plainDump()
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)), set: set)
                try await restore(part, into: database)
                #expect(try await database.query(Self.localeSQL) == before)
                #expect(try await database.plainDump() == dump)
                for name in [database.name, "\(database.name)_before_\(set)"] {
                    try await TestDatabase(server: database.server, name: name).drop()
                }
                try await restore(part, into: database)
                #expect(try await database.query(Self.localeSQL) == before)
                #expect(try await database.plainDump() == dump)
                let verifier = PostgresArtifactVerifier(launcher: TestLauncher(), servers: TestProvingServers())
                #expect(try await verifier.restoreForProof(part) { _ in }.differences == [])
            }
        }
    }

    @Test func `an owner who may create databases needs no superuser`() async throws {
        try await TestDatabase.with { owner in
            let role = "\(owner.name)_role"
            try await TestDatabase.execute("CREATE ROLE \(role) LOGIN CREATEDB", on: owner.server)
            try await withDatabase("OWNER \(role)") { database in
                try await database.query("CREATE TABLE t AS SELECT 1 AS a", user: role)
                try await database.query("ALTER DATABASE \(database.name) SET work_mem = '5MB'", user: role)
                try await FolderDestination.with { destination in
                    let target = PostgresBackupTarget(
                        database.configuration(user: role), launcher: TestLauncher(),
                        options: .init(programs: database.server.binaries.folder, digest: true))
                    let snapshot = try await target.backUp(to: destination) { _ in }
                    #expect(snapshot.warnings.contains { $0.contains("passwords of roles") })
                    let part = destination.part(snapshot, set: set)
                    try await database.query("UPDATE t SET a = 2", user: role)
                    try await restore(part, into: database, user: role)
                    #expect(try await database.query("SELECT a, current_setting('work_mem') FROM t") == ["1|5MB"])
                    let owners = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
                    #expect(try await database.query(owners) == [role])
                    try await database.waitUntilSuperuserIsGone()
                    _ = try await self.target(database, user: role).undo(set: set) { _ in }
                    #expect(try await database.query("SELECT a FROM t") == ["2"])
                    // What this role may not copy is found out before anything is restored, and nothing is left.
                    try await TestDatabase.execute(
                        "ALTER ROLE postgres IN DATABASE \(database.name) SET work_mem = '6MB'", on: database.server)
                    try await TestDatabase(server: database.server, name: "\(database.name)_undone_\(set)").drop()
                    try await database.waitUntilSuperuserIsGone()
                    let error = await #expect(throws: PostgresBackupError.self) {
                        try await restore(part, into: database, user: role)
                    }
                    #expect(error?.category == .refused, "\(String(describing: error))")
                    #expect(try await names(like: database, owner) == [database.name])
                }
            }
            try await TestDatabase.execute("DROP ROLE \(role)", on: owner.server)
        }
    }

    @Test func `sessions that keep coming back do not stop the swap`() async throws {
        try await withDatabase("") { database in
            try await database.query("CREATE TABLE t AS SELECT 1 AS a")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination), set: set)
                try await database.query("UPDATE t SET a = 2")
                let connections = Mutex(0)
                let come: @Sendable () async -> Void = {
                    while !Task.isCancelled {
                        guard let connection = try? await PostgresConnection.open(database.configuration()) else {
                            continue
                        }
                        connections.withLock { $0 += 1 }
                        _ = try? await connection.query("SELECT pg_sleep(60)")
                        await connection.close()
                    }
                }
                let crowd = [Task(operation: come), Task(operation: come)]
                let session = try await target(database).openSession(part, options: RestoreOptions())
                try await session.prepare { _ in }
                #expect(try await eventually { connections.withLock { $0 >= 2 } })
                _ = try await session.swap { _ in }
                await session.discard()
                #expect(try await database.query("SELECT a FROM t") == ["1"])
                crowd.forEach { $0.cancel() }
                for task in crowd { await task.value }
            }
        }
    }

    @Test func `what an interrupted restore left is taken away by the next one, unless it still runs`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.query("CREATE TABLE t AS SELECT 1 AS a")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination), set: set)
                let first = try await target(database).openSession(part, options: RestoreOptions())
                try await first.prepare { _ in }
                let running = await #expect(throws: PostgresBackupError.self) {
                    _ = try await target(database).openSession(part, options: RestoreOptions())
                }
                #expect(running?.category == .busy)
                #expect(running?.message.contains("another restore") == true)
                #expect(running?.message.contains("process ") == true, "\(running?.message ?? "")")
                // As when the first one is killed: its session ends, and a pg_restore of its own goes on.
                try await database.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                        + "(SELECT oid FROM pg_database WHERE datname = 'postgres')")
                let replacement = TestDatabase(server: database.server, name: "\(database.name)_restoring_\(set)")
                let orphan = try await PostgresConnection.open(replacement.configuration())
                try await replacement.query("UPDATE t SET a = 3")
                let notices = Mutex<[String]>([])
                let second = try await eventuallySession(part, database)
                #expect(second.steps.first?.contains(replacement.name) == true)
                try await second.prepare { event in
                    if case .notice(let text) = event { notices.withLock { $0.append(text) } }
                }
                #expect(notices.withLock(\.self).contains { $0.contains(replacement.name) })
                _ = try await second.swap { _ in }
                await second.discard()
                await first.discard()
                await orphan.close()
                #expect(try await database.query("SELECT a FROM t") == ["1"])
            }
        }
    }

    /// A session, as soon as the server has noticed that the one before is gone.
    private func eventuallySession(_ part: StoredPart, _ database: TestDatabase) async throws -> PostgresRestoreSession
    {
        let opened = Mutex<PostgresRestoreSession?>(nil)
        let isOpen = try await eventually {
            guard let session = try? await target(database).openSession(part, options: RestoreOptions()) else {
                return false
            }
            opened.withLock { $0 = session }
            return true
        }
        guard isOpen, let session = opened.withLock(\.self) else { throw FolderDestination.Failure() }
        return session
    }

    private static let slow = """
        CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF current_database() LIKE '%restoring%' AND current_setting('work_mem') <> '77MB' THEN PERFORM pg_sleep(3600); END IF;
        RETURN true; END $$;
        CREATE TABLE slow (n integer CHECK (slow())); INSERT INTO slow VALUES (1)
        """

    @Test func `a server that is killed during a restore needs no repair`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.query(Self.slow)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)), set: set)
                let session = try await target(database).openSession(part, options: RestoreOptions())
                let isSlow = Milestone()
                let run = isSlow.run { reached in
                    try await session.prepare { event in
                        if case .progress(let progress) = event, progress.object == "public.slow" { reached() }
                    }
                }
                try await isSlow.wait(for: run)
                try await database.server.stopServer(.kill)
                let error = await #expect(throws: PostgresBackupError.self) { try await run.value }
                #expect(error?.message.contains("\n") == false, "\(String(describing: error))")
                await session.discard()
                try await database.server.startServer()
                #expect(try await names(like: database, database).count == 2)
                try await TestDatabase.execute("ALTER SYSTEM SET work_mem = '77MB'", on: database.server)
                try await TestDatabase.execute("SELECT pg_reload_conf()", on: database.server)
                try await restore(part, into: database)
                #expect(try await names(like: database, database) == [database.name, "\(database.name)_before_\(set)"])
                #expect(try await database.query("SELECT n FROM slow") == ["1"])
            }
        }
    }

    @Test func `a cancelled restore leaves nothing`() async throws {
        try await withDatabase("") { database in
            try await database.query(Self.slow)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination), set: set)
                let session = try await target(database).openSession(part, options: RestoreOptions())
                let isSlow = Milestone()
                let run = isSlow.run { reached in
                    do {
                        try await session.prepare { event in
                            if case .progress(let progress) = event, progress.object == "public.slow" { reached() }
                        }
                    } catch {
                        await session.discard()
                        throw error
                    }
                }
                try await isSlow.wait(for: run)
                run.cancel()
                let error = await #expect(throws: PostgresBackupError.self) { try await run.value }
                #expect(error?.category == .cancelled, "\(String(describing: error))")
                #expect(try await names(like: database, database) == [database.name])
            }
        }
    }
}
