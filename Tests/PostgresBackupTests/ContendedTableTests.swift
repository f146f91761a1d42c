// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

/// Somebody changes tables while they are saved.
@Suite(.timeLimit(.minutes(60))) struct ContendedTableTests {
    private static let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'public.t'::regclass"

    @Test func `a table that is emptied again and again is no reason to fail`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE calm AS SELECT 1 AS a")
            let rounds = Mutex(0)
            let writer = Task {
                try await database.withConnection { connection in
                    while !Task.isCancelled {
                        try await connection.query("TRUNCATE t; INSERT INTO t VALUES (1)")
                        rounds.withLock { $0 += 1 }
                    }
                }
            }
            #expect(try await eventually { rounds.withLock { $0 > 0 } })
            for options in [
                PostgresBackupTarget.Options(digest: true), .init(digest: true, compression: .zstd()), .init(),
            ] {
                try await FolderDestination.with { destination in
                    let before = rounds.withLock(\.self)
                    let snapshot = try await save(database, to: destination, options)
                    #expect(try await eventually { rounds.withLock(\.self) > before })
                    if options.digest {
                        let digests = snapshot.details["digests"]?.arrayValue ?? []
                        let apart = snapshot.details["without_digest"]?.arrayValue ?? []
                        #expect(digests.contains { $0["table"] == "calm" } && digests.count + apart.count == 3)
                        #expect(
                            snapshot.warnings.contains { $0.contains("no digest was taken of public.t") } == !apart
                                .isEmpty)
                    }
                    let verifier = PostgresArtifactVerifier(
                        launcher: TestLauncher(), servers: TestProvingServers(),
                        programs: database.server.binaries.folder)
                    let proof = try await verifier.restoreForProof(destination.part(snapshot)) { _ in }
                    #expect(proof.differences == [])
                }
            }
            writer.cancel()
            _ = try? await writer.value
        }
    }

    @Test func `nothing waits behind somebody who waits for pg_dump`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE calm AS SELECT 1 AS a")
            try await database.withConnection { dump in
                try await dump.query("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")
                let waiter = Task { _ = try await database.query("TRUNCATE t") }
                #expect(try await eventually { try await database.query(Self.waiting) == ["1"] })
                try await database.withConnection { own in
                    try await PostgresCatalog.begin(own)
                    let tables = try await PostgresCatalog.tables(own).dumped
                    let hold = TableHold(connection: own, tables: tables)
                    await #expect(throws: TableHold.Contended.self) { _ = try await hold.take(isLast: false) }
                    #expect(try await hold.take(isLast: true).map(\.name) == ["t"])
                    // The transaction is as good as before.
                    #expect(try await own.query("SELECT count(*) FROM public.calm") == [["1"]])
                }
                try await dump.query("COMMIT")
                try await waiter.value
            }
        }
    }

    @Test(arguments: [
        "TRUNCATE t", "ALTER TABLE t ALTER a TYPE bigint", "DROP TABLE t; CREATE TABLE t (a integer)",
        "ALTER TABLE t RENAME TO other",
    ])
    func `a table that was changed behind the snapshot is noticed`(_ change: String) async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE calm AS SELECT 1 AS a")
            try await database.withConnection { own in
                try await PostgresCatalog.begin(own)
                let tables = try await PostgresCatalog.tables(own).dumped
                try await database.query("INSERT INTO t VALUES (2); \(change)")
                let hold = TableHold(connection: own, tables: tables)
                await #expect(throws: TableHold.Contended.self) { _ = try await hold.take(isLast: false) }
                #expect(try await hold.take(isLast: true).map(\.name) == ["t"])
            }
        }
    }

    @Test func `thousands of indexes do not fill the server's table of locks`() async throws {
        var options = ThrowawayPostgres.Options()
        options.settings = ["max_connections": "12", "max_locks_per_transaction": "20"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            try await database.query(
                """
                DO $$ BEGIN FOR i IN 1..400 LOOP
                EXECUTE format('CREATE TABLE t_%s (a int PRIMARY KEY, b int UNIQUE, c int UNIQUE, d int UNIQUE, e int UNIQUE)', i);
                COMMIT; END LOOP; END $$
                """)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.details["digests"]?.arrayValue?.count == 401)
            }
        }
    }
}
