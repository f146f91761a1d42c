// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// Proofs of good sets on a machine that is not the one that they were made on.
@Suite(.timeLimit(.minutes(60))) struct ForeignCircumstancesTests {
    private func prove(
        _ database: TestDatabase, _ part: StoredPart,
        on servers: TestProvingServers = TestProvingServers()
    ) async throws -> RestoreProof {
        try await PostgresArtifactVerifier(
            launcher: TestLauncher(), servers: servers, programs: database.server.binaries.folder
        ).restoreForProof(part) { _ in }
    }

    private func refusal(
        _ database: TestDatabase, _ part: StoredPart,
        on servers: TestProvingServers = TestProvingServers()
    ) async -> PostgresBackupError? {
        await #expect(throws: PostgresBackupError.self) { _ = try await prove(database, part, on: servers) }
    }

    @Test func `what is computed by a setting of the database is the same in the proof`() async throws {
        try await TestDatabase.with { database in
            let name = database.name
            try await database.query("ALTER DATABASE \(name) SET app.tenant = 'it''s=7'")
            try await database.query(
                """
                CREATE TABLE t (a text CHECK (a = current_setting('app.tenant'))); INSERT INTO t VALUES ('it''s=7');
                CREATE MATERIALIZED VIEW m AS SELECT current_setting('app.tenant') AS tenant
                """)
            try await database.query(
                """
                ALTER DATABASE \(name) SET search_path = "$user", public;
                ALTER DATABASE \(name) SET default_transaction_read_only = on
                """)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.details["settings"]?.arrayValue?.first == "app.tenant=it's=7")
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
                // One that this machine cannot have may be why something comes out otherwise.
                var other = snapshot
                other.details["settings"] = ["lc_monetary=xx_XX"]
                let error = await refusal(database, destination.part(other))
                #expect(
                    error?.category == .configuration && error?.message.contains("lc_monetary") == true,
                    "\(error as Any)"
                )
            }
        }
    }

    @Test func `globals that take rights from the superuser do not take them from the proof`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                let path = "\(destination.folder)/postgres_globals.sql"
                let file = try #require(FileHandle(forWritingAtPath: path))
                try file.seekToEnd()
                let role = database.server.superuser
                try file.write(
                    contentsOf: Data(
                        """
                        ALTER ROLE \(role) WITH NOSUPERUSER;
                        ALTER ROLE \(role) SET default_transaction_read_only = on;
                        -- PostgreSQL database cluster dump complete

                        """.utf8))
                try file.close()
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
            }
        }
    }

    @Test func `roles that are not in the set are made for the proof`() async throws {
        try await TestDatabase.with { database in
            let role = "\(database.name)_app"
            try await TestDatabase.execute("CREATE ROLE \(role)", on: database.server)
            try await database.query(
                """
                CREATE TABLE t AS SELECT 1 AS a; ALTER TABLE t OWNER TO \(role); GRANT SELECT ON t TO \(role);
                CREATE POLICY own ON t TO \(role) USING (true)
                """)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true, globals: false))
                #expect(snapshot.details["needs"]?["roles"]?.arrayValue?.contains(.string(role)) == true)
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
                // A set that does not tell them is not damaged either.
                var other = snapshot
                other.details["needs"] = nil
                let error = await refusal(database, destination.part(other))
                #expect(error?.category == .configuration && error?.message.contains(role) == true, "\(error as Any)")
            }
            try await database.query("DROP OWNED BY \(role)")
            try await TestDatabase.execute("DROP ROLE \(role)", on: database.server)
        }
    }

    @Test func `a collation and a library that the machine lacks are no damage`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            let collation = try #require(
                try await database.query(
                    "SELECT collname FROM pg_collation WHERE collprovider = 'c' AND collname LIKE 'C.%' LIMIT 1"
                ).first)
            try await database.query("CREATE TABLE t (a text COLLATE \"\(collation)\")")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)))
                let servers = TestProvingServers { server in
                    let removed = try await server.run(
                        tool: "psql",
                        [
                            "-X", "-v", "ON_ERROR_STOP=1", "-c", "SET allow_system_table_mods = on", "-c",
                            "UPDATE pg_database SET datallowconn = true WHERE datname = 'template0'", "-c",
                            "\\connect template0", "-c", "SET allow_system_table_mods = on", "-c",
                            "DELETE FROM pg_collation WHERE collname = '\(collation)'",
                        ])
                    #expect(removed.succeeded, "\(removed.errorText)")
                }
                let error = await refusal(database, part, on: servers)
                #expect(
                    error?.category == .configuration && error?.message.contains(collation) == true, "\(error as Any)")
            }
            try await database.query(
                """
                DROP TABLE t; CREATE FUNCTION f() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
                SET allow_system_table_mods = on; UPDATE pg_proc SET probin = '$libdir/no_such_library' WHERE proname = 'f'
                """)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(digest: true)))
                let error = await refusal(database, part)
                #expect(
                    error?.category == .configuration && error?.message.contains("Install") == true, "\(error as Any)")
                #expect(error?.message.contains("no_such_library") == true)
            }
        }
    }

    @Test func `no other server is asked for a proof`() async throws {
        try await TestDatabase.with { database in
            guard try await database.query("SELECT FROM pg_available_extensions WHERE name = 'postgres_fdw'").count == 1
            else { return }
            let far = try await TestDatabase.make()
            try await far.query("CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE p AS SELECT 5 AS a")
            try await database.query(
                """
                CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
                    OPTIONS (host '\(far.server.socketDirectory)', port '\(far.server.port)', dbname '\(far.name)');
                CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user '\(far.server.superuser)', password_required 'false');
                CREATE FOREIGN TABLE t (a integer) SERVER far; CREATE VIEW v AS SELECT a FROM t;
                CREATE MATERIALIZED VIEW "far m" AS SELECT a FROM v; CREATE UNIQUE INDEX ON "far m" (a);
                CREATE MATERIALIZED VIEW second AS SELECT a FROM "far m";
                CREATE TABLE parent (a integer) PARTITION BY RANGE (a);
                CREATE FOREIGN TABLE p PARTITION OF parent FOR VALUES FROM (0) TO (10) SERVER far;
                CREATE MATERIALIZED VIEW third AS SELECT a FROM parent;
                CREATE TABLE own AS SELECT 1 AS a; CREATE MATERIALIZED VIEW near AS SELECT a FROM own
                """)
            // Whoever asks now, does not get an answer.
            try await far.drop()
            for options in [PostgresBackupTarget.Options(digest: true), .init(compression: .zstd())] {
                try await FolderDestination.with { destination in
                    let part = destination.part(try await save(database, to: destination, options))
                    let notices = Mutex<[String]>([])
                    let verifier = PostgresArtifactVerifier(
                        launcher: TestLauncher(), servers: TestProvingServers(),
                        programs: database.server.binaries.folder)
                    let proof = try await verifier.restoreForProof(part) { event in
                        if case .notice(let text) = event { notices.withLock { $0.append(text) } }
                    }
                    #expect(proof.differences == [])
                    let names = "public.far m, public.second, public.third"
                    #expect(
                        notices.withLock(\.self).contains { $0.hasSuffix(": \(names)") }, "\(notices.withLock(\.self))")
                }
            }
        }
    }

    @Test func `without the locale of the database nothing is called damaged`() async throws {
        try await TestDatabase.with { owner in
            let database = TestDatabase(server: owner.server, name: "\(owner.name)_utf8")
            try await TestDatabase.execute(
                "CREATE DATABASE \(database.name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
                on: owner.server)
            try await database.query("CREATE TABLE plain AS SELECT 'é' AS a")
            try await FolderDestination.with { destination in
                var snapshot = try await save(database, to: destination, .init(digest: true))
                snapshot.details["collation"] = "xx_XX.UTF-8"
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
                // Anything else that a database is not made for is no reason to make another one.
                snapshot.details["encoding"] = "NO_SUCH_ENCODING"
                #expect(
                    await refusal(database, destination.part(snapshot))?.message.contains("NO_SUCH_ENCODING") == true)
            }
            try await database.query(
                "CREATE TABLE t (a text CHECK (a ~ '^\\w$'), b text GENERATED ALWAYS AS (upper(a)) STORED); INSERT INTO t VALUES ('é')"
            )
            try await FolderDestination.with { destination in
                var snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
                snapshot.details["collation"] = "xx_XX.UTF-8"
                let error = await refusal(database, destination.part(snapshot))
                #expect(
                    error?.category == .configuration && error?.message.contains("xx_XX") == true, "\(error as Any)")
            }
            try await database.drop()
        }
    }

    @Test func `a generated column whose function was replaced is no damage`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                """
                CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + 1';
                CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (public.f(a)) STORED); INSERT INTO t VALUES (1);
                CREATE OR REPLACE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + 2'
                """)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
            }
        }
    }

    @Test func `unlogged tables of a primary are none of a standby's backup`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await database.query("CREATE UNLOGGED TABLE u AS SELECT 1 AS a; CREATE TABLE t AS SELECT 1 AS a")
            try await TestStandby.with(of: database.server) { standby in
                let copy = TestDatabase(server: standby.server, name: database.name)
                try await FolderDestination.with { destination in
                    let snapshot = try await save(copy, to: destination, .init(digest: true))
                    #expect(snapshot.details["unlogged"] == [["public", "u"]])
                    #expect(snapshot.warnings.contains { $0.contains("public.u") }, "\(snapshot.warnings)")
                    #expect(try await prove(copy, destination.part(snapshot)).differences == [])
                }
            }
        }
    }

    @Test func `what pg_dump warns of and a history of another application stand in the set`() async throws {
        try await TestDatabase.with { database in
            let role = "\(database.name)_reader"
            try await TestDatabase.execute(
                "CREATE ROLE \(role) LOGIN; GRANT pg_read_all_data TO \(role)", on: database.server)
            try await database.query(
                """
                CREATE TABLE schema_versions (version text, applied date); INSERT INTO schema_versions VALUES ('1.2-beta');
                CREATE SUBSCRIPTION \(role) CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)
                """)
            try await FolderDestination.with { destination in
                let target = PostgresBackupTarget(
                    database.configuration(user: role), launcher: TestLauncher(),
                    options: .init(programs: database.server.binaries.folder, digest: true, globals: false))
                let snapshot = try await target.backUp(to: destination) { _ in }
                #expect(snapshot.warnings.contains { $0.contains("subscriptions not dumped") }, "\(snapshot.warnings)")
                #expect(snapshot.warnings.contains { $0.contains("is not a history") }, "\(snapshot.warnings)")
                #expect(snapshot.schemaVersions == [])
                #expect(try await prove(database, destination.part(snapshot)).differences == [])
            }
            try await database.query(
                "ALTER SUBSCRIPTION \(role) DISABLE; ALTER SUBSCRIPTION \(role) SET (slot_name = NONE)")
            try await database.query("DROP SUBSCRIPTION \(role)")
            try await TestDatabase.execute("DROP ROLE \(role)", on: database.server)
        }
    }

    @Test func `a file that belongs to nothing is found`() async throws {
        try await TestDatabase.with { database in
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination)
                #expect(
                    snapshot.instructions.contains("--locale-provider=libc") == (database.server.version.major >= 15))
                try Data("x".utf8).write(to: URL(fileURLWithPath: "\(destination.folder)/postgres_more.dump"))
                let verifier = PostgresArtifactVerifier(
                    launcher: TestLauncher(), servers: TestProvingServers(), programs: database.server.binaries.folder)
                let problems = try await verifier.findUnreadable(destination.part(snapshot)) { _ in }
                #expect(problems == ["postgres_more.dump belongs to nothing that was saved of PostgreSQL"])
            }
        }
    }
}
