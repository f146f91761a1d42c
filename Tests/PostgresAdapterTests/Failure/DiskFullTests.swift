// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// One after the other, because disks that are as small as this can be one and the same.
@Suite("A disk that is full", .serialized, .timeLimit(.minutes(15)))
struct DiskFullTests {
    /// Runs a test with a tablespace on a disk of a few megabytes.
    private func withTablespace(_ body: @Sendable (TestDatabase, SmallDisk) async throws -> Void) async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await SmallDisk.with(megabytes: 8, for: database.server) { disk in
                try await database.query("CREATE TABLESPACE small LOCATION '\(disk.folder)'")
                do {
                    try await body(database, disk)
                    try await database.server.stopServer(.immediate)
                } catch {
                    try? await database.server.stopServer(.immediate)
                    throw error
                }
            }
        }
    }

    private func rows(_ count: Int) -> String {
        "SELECT repeat(md5(n::text), 30) AS t FROM generate_series(1, \(count)) n"
    }

    @Test("In a transaction: the file is undone, the message says what to do, and the next run goes on")
    func transaction() async throws {
        try await withTablespace { database, disk in
            let source = ScriptSource([
                "CREATE TABLE a ();", "CREATE TABLE b TABLESPACE small AS\n\(rows(5000));", "CREATE TABLE c ();",
            ])
            try disk.fill(leavingKilobytes: 1024)
            let error = try #require(await database.failure(source))
            #expect(error.code == .failed)
            #expect((error.underlying as? PostgresError)?.serverMessage?.sqlState == "53100")
            #expect(error.description.hasPrefix("0002_step.sql:1:1: error: could not extend file \"pg_tblspc/"))
            #expect(error.description.contains(": No space left on device (53100)\n"))
            #expect(
                error.description.hasSuffix(
                    """
                    hint: Check free disk space.
                    hint: make room on the disk of the server that is named here, or of its temporary files, and run again.
                    Nothing of 0002_step.sql was applied. 1 migration before it was (0001).
                    """), "\(error)")
            #expect(try await database.tables() == ["a"])
            #expect(try await database.history() == ["core:1"])
            try disk.makeRoom()
            #expect(try await database.migrate(source) == ["0002_step.sql", "0003_step.sql"])
        }
    }

    @Test("In a statement of a sequence: the invalid index is removed, and the next run goes on with that statement")
    func sequence() async throws {
        try await withTablespace { database, disk in
            let source = ScriptSource([
                "CREATE TABLE b AS\n\(rows(5000));\nCREATE INDEX CONCURRENTLY i ON b (t) TABLESPACE small;\nCREATE TABLE c ();"
            ])
            try disk.fill(leavingKilobytes: 64)
            let error = try #require(await database.failure(source))
            #expect(error.code == .failed)
            #expect(error.description.hasPrefix("0001_step.sql:3:1: error: could not extend file"), "\(error)")
            #expect(
                error.description.contains(
                    "What the statement left was removed: DROP INDEX CONCURRENTLY IF EXISTS public.i"))
            #expect(
                error.description.hasSuffix(
                    """
                    Statement 1 of 3 of 0001_step.sql is done; the next run goes on with statement 2. \
                    This run had applied nothing before it.
                    """))
            #expect(try await database.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == ["0"])
            try disk.makeRoom()
            #expect(try await database.migrate(source) == ["0001_step.sql"])
            #expect(
                try await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass") == ["t"])
        }
    }

    @Test("When the history row is written: what the history says is what is applied")
    func history() async throws {
        try await withTablespace { database, disk in
            try await database.query("ALTER DATABASE \(database.name) SET default_tablespace = small")
            let source = ScriptSource((1...300).map { "COMMENT ON SCHEMA public IS '\($0)'" })
            try await database.migrate(["0001_step.sql": "COMMENT ON SCHEMA public IS '1'"])
            try disk.fill()
            let error = try #require(await database.failure(source))
            #expect(error.code == .failed)
            let failed = try #require(error.failed)
            #expect(
                error.description.hasPrefix(
                    "\(failed.path): error: the history row could not be written to public.schema_versions\n"))
            #expect(error.description.contains("\nhint: make room on the disk"))
            let applied = try await database.query("SELECT max(version), count(*) FROM schema_versions")
            let count = error.report.applied.count + 1
            #expect(applied == ["\(count)|\(count)"])
            #expect(failed.path == ScriptSource.path(count + 1))
            #expect(try await database.query("SELECT obj_description('public'::regnamespace)") == ["\(count)"])
            try disk.makeRoom()
            #expect(try await database.migrate(source).count == 300 - count)
        }
    }

    @Test(
        "The disk of the log: the server crashes, in a statement or in a COMMIT, and the next run goes on when it is back",
        arguments: [(1, 40000), (100, 400)])
    func log(scripts: Int, rows: Int) async throws {
        var options = ThrowawayPostgres.Options()
        // So that a COMMIT writes to the disk.
        options.durable = true
        options.settings = ["max_wal_size": "32MB", "min_wal_size": "32MB", "wal_recycle": "off"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            try await database.migrate(["0001_step.sql": "CREATE TABLE a (t text)"])
            try await SmallDisk.with(megabytes: 160, for: database.server) { disk in
                try await database.server.stopServer()
                try await disk.take("pg_wal", from: database.server.dataDirectory)
                try await database.server.startServer()
                try disk.fill(leavingKilobytes: 1024)
                let source = ScriptSource(
                    ["CREATE TABLE a (t text)"] + Array(repeating: "INSERT INTO a\n\(self.rows(rows));", count: scripts)
                )
                let error = try #require(
                    await database.failure(source, options: RunOptions(lockWait: .seconds(1))))
                #expect([.outcomeUnknown, .storeUnavailable].contains(error.code), "\(error)")
                let failed = try #require(error.failed)
                #expect(try database.server.log().contains("PANIC:  could not write to file \"pg_wal/"))
                // The session that wrote to the log says why; one that only waited for it is just told to go.
                let reasons = [
                    "could not write to file \"pg_wal/", "server closed the connection unexpectedly\nhint: ",
                    "the connection was ended because another server process crashed",
                ]
                #expect(reasons.contains { error.description.contains(" was lost: \($0)") }, "\(error)")
                if error.description.contains(reasons[0]) {
                    #expect(
                        error.description.contains(
                            ": No space left on device\nhint: the server crashed for want of room."))
                }
                try disk.makeRoom()
                // It comes back by itself, or gave up because there was no room for its recovery.
                if (try? await database.server.stopServer(.immediate)) != nil || !database.server.isRunning {
                    try await database.server.startServer()
                }
                let applied = 1 + error.report.applied.count
                let history = try await database.history().count
                #expect(history == applied || (error.code == .outcomeUnknown && history == applied + 1))
                #expect(failed.path == ScriptSource.path(applied + 1))
                #expect(try await database.query("SELECT count(*) FROM a") == ["\((history - 1) * rows)"])
                #expect(try await database.migrate(source).count == scripts + 1 - history)
                #expect(try await database.query("SELECT count(*) FROM a") == ["\(scripts * rows)"])
                try await database.server.stopServer(.immediate)
            }
        }
    }
}
