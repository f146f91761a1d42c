// SPDX-License-Identifier: Apache-2.0

import Testing
import ThrowawayPostgres

/// Servers and roles with which no migration can be applied.
@Suite("Servers that cannot be written to", .timeLimit(.minutes(60)))
struct ServerProblemTests {
    @Test("Nobody listens: 2, with the address, where it came from, and a question to start with")
    func unreachable() async throws {
        try await Stage.with { stage in
            let socket = "\(stage.scratch.path)/nobody"
            let outcome = try await stage.strata(
                "migrate", environment: ["POSTGRES_HOST": socket, "POSTGRES_PORT": "5999"])
            outcome.expect(
                2, saying: "cannot connect to PostgreSQL at socket \(socket), port 5999", "No such file or directory",
                "is the server running?", "the POSTGRES_ variables")
            #expect(!outcome.messages.contains("\t"))
            let tcp = try await stage.strata("status", "--json", "--database-url", "postgresql://u@localhost:1/x")
            tcp.expect(2, saying: "at localhost:1, database x, user u (from --database-url): Connection refused")
            #expect(try tcp.document().error?.code == "storeUnavailable")
        }
    }

    @Test("A host that has no address: 2, and the place to correct")
    func unknownHost() async throws {
        let outcome = try await Program.strata().run(
            ["migrate"], environment: ["DATABASE_URL": "postgresql://u@nowhere.invalid/x"], in: Migrations.one())
        outcome.expect(
            2, saying: "could not translate host name", "check the name of the host; it came from DATABASE_URL")
    }

    @Test("No such database or user: 2, and what to check")
    func unknownNames() async throws {
        try await Stage.with { stage in
            let database = stage.server.connectionURL(database: "nowhere")
            try await stage.strata("migrate", environment: ["DATABASE_URL": database]).expect(
                2, saying: "database \"nowhere\" does not exist",
                "check the names of database and user; they came from DATABASE_URL")
            try await stage.strata("migrate", environment: ["DATABASE_URL": stage.url(user: "nobody_here")]).expect(
                2, saying: "role \"nobody_here\" does not exist", "check the names of database and user")
        }
    }

    @Test("A URL that is none: 2, and the form that it has to have, without repeating it")
    func malformedURL() async throws {
        let scratch = try Migrations.one()
        let outcome = try await Program.strata().run(
            ["migrate"], environment: ["DATABASE_URL": "postgresql://u:hush%hush@h/x"], in: scratch)
        outcome.expect(
            2, saying: "DATABASE_URL is not a PostgreSQL URL", "postgresql://USER:PASSWORD@HOST:PORT/DATABASE", "%40")
        #expect(!outcome.messages.contains("hush"))
    }

    @Test("A role that may read only: 1, before anything is executed, with the GRANT that is missing")
    func readOnlyRole() async throws {
        try await Stage.with { stage in
            try await stage.withRole("LOGIN") { role in
                try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
                let early = try await stage.strata("migrate", environment: ["DATABASE_URL": stage.url(user: role)])
                early.expect(
                    1, saying: "role \(role) may not create the history table public.schema_versions",
                    "GRANT CREATE ON SCHEMA \"public\" TO \"\(role)\"", "--history-table SCHEMA.TABLE")
                try await stage.strata("migrate").expect(0)

                let blind = try await stage.strata("status", environment: ["DATABASE_URL": stage.url(user: role)])
                blind.expect(1, saying: "permission denied for table schema_versions", "grant SELECT")
                _ = try await stage.query("GRANT SELECT ON schema_versions TO \(role)")
                let reader = ["DATABASE_URL": stage.url(user: role)]
                try await stage.strata("status", "--check", environment: reader).expect(0)
                try await stage.strata("migrate", environment: reader).expect(0)

                try stage.write("0002_b.sql", "CREATE TABLE b (id int)")
                let outcome = try await stage.strata("migrate", "--json", environment: reader)
                outcome.expect(
                    1, saying: "role \(role) may not write to the history table public.schema_versions",
                    "GRANT INSERT ON \"public\".\"schema_versions\" TO \"\(role)\"")
                #expect(try outcome.document().error?.code == "failed")
                #expect(try await stage.tables() == ["a"])
            }
        }
    }

    @Test("A role whose sessions are read-only: 1, and the setting that makes them so")
    func readOnlySessions() async throws {
        try await Stage.with { stage in
            try await stage.withRole("LOGIN SUPERUSER") { role in
                _ = try await stage.query("ALTER ROLE \(role) SET default_transaction_read_only = on")
                try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
                try await stage.strata("migrate", environment: ["DATABASE_URL": stage.url(user: role)]).expect(
                    1, saying: "sessions of role \(role)", "are read-only (default_transaction_read_only is on)",
                    "ALTER ROLE")
            }
        }
    }

    @Test("A standby: 1 when something is pending, with the way to the primary; status works")
    func standby() async throws {
        var options = ThrowawayPostgres.Options()
        options.standby = true
        try await ThrowawayPostgres.withServer(options) { server in
            let scratch = try Migrations.one()
            let (program, environment) = (try Program.strata(), ["DATABASE_URL": server.connectionURL()])
            let outcome = try await program.run(["migrate"], environment: environment, in: scratch)
            outcome.expect(
                1, saying: "is a standby (in recovery): it cannot be written to", "connect to the primary",
                "target_session_attrs=read-write")
            try await program.run(["status", "--check"], environment: environment, in: scratch).expect(3)
        }
    }

    @Test("A schema that is not there: 1, and how to choose another one")
    func noSchema() async throws {
        try await Stage.with { stage in
            try stage.write("0001_a.sql", "SELECT 1")
            try await stage.strata("migrate", "--history-table", "ops.versions").expect(
                1, saying: "there is no schema ops", "for the history table ops.versions",
                "create it, or choose another one")
        }
    }

    @Test("Another tool's table of the same name is not touched")
    func foreignTable() async throws {
        try await Stage.with { stage in
            _ = try await stage.query("CREATE TABLE schema_versions (id int)")
            try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
            try await stage.strata("migrate").expect(
                1, saying: "public.schema_versions", "is not a history table of the expected layout", "--history-table")
            #expect(try await stage.tables() == [])
        }
    }

    @Test("The history is in another schema: it is named instead of applying everything once more")
    func historyElsewhere() async throws {
        try await Stage.with { stage in
            _ = try await stage.query(
                "CREATE SCHEMA app; ALTER DATABASE \(stage.database) SET search_path = app, public")
            try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
            try await stage.strata("migrate", "--history-table", "app.schema_versions").expect(0)
            try await stage.strata("migrate").expect(
                1, saying: "there is no public.schema_versions", "would apply everything once more",
                "--history-table app.schema_versions")
        }
    }

    @Test("A session that an administrator ends: 2, what is known is told, and the next run goes on")
    func sessionEnded() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);", "0002_slow.sql": "CREATE TABLE b (id int);\n" + Stage.pause,
            ])
            let outcome = try await stage.strata("migrate") { _ in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                try await stage.endSessions(executing: "pg_sleep")
            }
            outcome.expect(
                2, saying: "was lost: terminating connection due to administrator command",
                "Nothing of 0002_slow.sql was applied. 1 migration before it was (0001).")
            #expect(!outcome.messages.contains("\t"))
            #expect(try await stage.history() == ["core:1 0001_a.sql"])
            try await stage.hurry()
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b", "pause"])
        }
    }
}
