// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// What belongs to a database itself, after a restore.
@Suite(.timeLimit(.minutes(60))) struct RestoredTraitsTests {
    private static let traits = """
        SELECT pg_get_userbyid(datdba), datconnlimit, datacl, shobj_description(d.oid, 'pg_database'),
            (SELECT array_agg(setrole || setconfig::text ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
        FROM pg_database d WHERE datname = current_database()
        """

    /// Expressions that need a setting when their rows are restored.
    private static let needy = """
        CREATE TABLE kinds (tenant text DEFAULT current_setting('app.tenant'), price money,
            CHECK (length(current_setting('app.tenant')) > 0));
        INSERT INTO kinds (price) VALUES (1234.5);
        CREATE MATERIALIZED VIEW seen AS SELECT current_setting('app.tenant') AS tenant
        """

    @Test func `a database that is gone comes back with owner, privileges, settings, comment and statistics`()
        async throws
    {
        try await RestoreTrial.with { trial in
            let database = trial.database
            let (owner, reader) = ("\(database.name)_owner", "\(database.name)_reader")
            try await trial.execute(
                "CREATE ROLE \(owner)", "CREATE ROLE \(reader)", "ALTER DATABASE \(database.name) OWNER TO \(owner)")
            try await database.query(
                """
                ALTER DATABASE \(database.name) SET app.tenant = 'it''s "ours"';
                ALTER DATABASE \(database.name) SET search_path = public, "Zweites Schema"
                """)
            try await database.query(Self.needy)
            try await database.query("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
            try await trial.execute(
                "REVOKE ALL ON DATABASE \(database.name) FROM PUBLIC",
                "GRANT CONNECT ON DATABASE \(database.name) TO \(reader) WITH GRANT OPTION",
                "ALTER ROLE \(reader) IN DATABASE \(database.name) SET work_mem = '5MB'",
                "COMMENT ON DATABASE \(database.name) IS 'it''s mine'",
                "ALTER DATABASE \(database.name) CONNECTION LIMIT 17")
            let before = try await database.query(Self.traits)
            let contents = try await database.plainDump()
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.details["owner"] == .string(owner))
                #expect(
                    snapshot.details["settings"]?.arrayValue?.contains(.string("app.tenant=it's \"ours\"")) == true)
                let part = destination.part(snapshot)
                try await database.drop(isForced: false)
                #expect(try await trial.restore(part) == [])
                #expect(try await database.query(Self.traits) == before)
                #expect(try await database.plainDump() == contents)
                let statistics = "SELECT count(*) > 0 FROM pg_statistic WHERE starelid = 'kinds'::regclass"
                #expect(try await database.query(statistics) == ["t"])
                // The same where the database is there.
                try await trial.restore(part)
                #expect(try await database.query(Self.traits) == before)
                try await trial.dropAll(isForced: false)
                // A role that is not there is told, and the rest comes back.
                try await trial.execute("DROP ROLE \(reader)", "DROP ROLE \(owner)")
                let told = try await trial.restore(part)
                #expect(told.count == 2 && told[0].contains(owner) && told[1].contains(reader), "\(told)")
                #expect(try await database.query("SHOW app.tenant") == ["it's \"ours\""])
            }
        }
    }

    @Test func `a limit of connections, and what an interrupted DROP leaves of it, do not stop a restore`() async throws
    {
        try await RestoreTrial.with { trial in
            let role = "\(trial.database.name)_role"
            try await trial.execute(
                "CREATE ROLE \(role) LOGIN CREATEDB", "ALTER DATABASE \(trial.database.name) OWNER TO \(role)",
                "ALTER DATABASE \(trial.database.name) CONNECTION LIMIT 0")
            try await trial.database.query("CREATE TABLE t AS SELECT 1 AS a; ALTER TABLE t OWNER TO \(role)")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(trial.database, to: destination, .init(digest: true)))
                var own = trial
                own.user = role
                try await trial.database.waitUntilSuperuserIsGone()
                try await own.restore(part)
                let limit = "SELECT datconnlimit FROM pg_database WHERE datname = current_database()"
                #expect(try await trial.database.query(limit) == ["0"])
                try await trial.before.drop(isForced: false)
                try await trial.execute(
                    "UPDATE pg_database SET datconnlimit = -2 WHERE datname = '\(trial.database.name)'")
                try await trial.database.waitUntilSuperuserIsGone()
                try await own.restore(part)
                #expect(try await trial.database.query(limit) == ["-1"])
            }
        }
    }

    @Test func `a name with dollars is a name`() async throws {
        try await TestDatabase.with { owner in
            let database = TestDatabase(server: owner.server, name: "\(owner.name) $do$ $$")
            let trial = RestoreTrial(database: database)
            try await trial.execute("CREATE DATABASE \"\(database.name)\"")
            try await trial.execute("REVOKE TEMPORARY ON DATABASE \"\(database.name)\" FROM PUBLIC")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination))
                try await trial.restore(part)
                let isPublic = "SELECT has_database_privilege('pg_monitor', current_database(), 'TEMPORARY')"
                #expect(try await database.query(isPublic) == ["f"])
            }
            try await trial.dropAll()
        }
    }

    @Test func `a database of the C library does not take the provider of template0`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            guard try await database.hasICU() else { return }
            let column = database.server.version.major >= 17 ? "datlocale" : "daticulocale"
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination))
                try await TestDatabase.execute(
                    "UPDATE pg_database SET datlocprovider = 'i', \(column) = 'de-DE' WHERE datname = 'template0'",
                    on: database.server)
                let trial = RestoreTrial(database: database)
                let provider = "SELECT datlocprovider FROM pg_database WHERE datname = current_database()"
                try await trial.restore(part)
                #expect(try await database.query(provider) == ["c"])
                try await trial.dropAll()
                try await trial.restore(part)
                #expect(try await database.query(provider) == ["c"])
            }
        }
    }
}
