// SPDX-License-Identifier: Apache-2.0

import Testing
import ThrowawayPostgres

/// Which database is restored, and over which connection.
@Suite("strata restore, its connection", .timeLimit(.minutes(60)))
struct RestoreConnectionTests {
    private func databases(_ stage: Stage) async throws -> String {
        try await stage.query("SELECT datname FROM pg_database WHERE datname LIKE '%\(stage.database)%' ORDER BY 1")
    }

    @Test("The database that a service file names is restored, and no other one")
    func service() async throws {
        try await Stage.with { stage in
            try await stage.withRole("SUPERUSER LOGIN") { role in
                _ = try await stage.query("CREATE TABLE a AS SELECT 1 AS n")
                try stage.scratch.write(
                    "services",
                    """
                    [prod]
                    host=\(stage.server.socketDirectory)
                    port=\(stage.server.port)
                    dbname=\(stage.database)
                    user=\(role)

                    """)
                let environment = [
                    "DATABASE_URL": "postgresql:///?service=prod", "PGSERVICEFILE": "\(stage.scratch.path)/services",
                ]
                let saved = try await stage.strata("backup", "--json", environment: environment)
                try saved.requireStatus(0)
                #expect(saved.output.contains("/\(stage.database)\""), "\(saved)")
                let name = try saved.decoded(SetDocument.self).name
                _ = try await stage.query("UPDATE a SET n = 2")
                let restored = try await stage.strata("restore", name, environment: environment)
                restored.expect(0)
                #expect(try await stage.query("SELECT n FROM a") == "1")
                #expect(try await databases(stage) == "\(stage.database)\n\(stage.database)_before_\(name)")
                let undone = try await stage.strata("restore", name, "--undo", environment: environment)
                undone.expect(0)
                #expect(try await stage.query("SELECT n FROM a") == "2")
                try await stage.dropDatabase("\(stage.database)_undone_\(name)")
            }
        }
    }

    @Test("--maintenance-database names the database from which the others are renamed")
    func maintenance() async throws {
        try await Stage.with { stage in
            _ = try await stage.query("CREATE TABLE a AS SELECT 1 AS n")
            let name = try await stage.strata("backup", "--json").decoded(SetDocument.self).name
            let wrong = try await stage.strata("restore", name, "--dry-run", "--maintenance-database", "nowhere")
            wrong.expect(1, saying: "nowhere", "--maintenance-database")
            let own = try await stage.strata("restore", name, "--dry-run", "--maintenance-database", stage.database)
            own.expect(1, saying: "name another one")
            let right = try await stage.strata("restore", name, "--dry-run", "--maintenance-database", "template1")
            right.expect(0)
        }
    }

    @Test("A restore of the database that another one is at is told with status 5")
    func busy() async throws {
        try await Stage.with { stage in
            _ = try await stage.query("CREATE TABLE a AS SELECT 1 AS n")
            let name = try await stage.strata("backup", "--json").decoded(SetDocument.self).name
            let text = "strata restore \(stage.database)"
            let statement = """
                SELECT pg_advisory_lock(('x' || left(encode(sha256(convert_to('\(text)', 'UTF8')), 'hex'), 15))::bit(60)::bigint); \
                SELECT pg_sleep(3600) AS holding_\(stage.database)
                """
            let url = stage.server.connectionURL(database: "postgres")
            let holder = try await stage.tool("psql").run(["-XAtq", "-d", url, "-c", statement], in: stage.scratch) {
                _ in
                let holds = """
                    SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%holding\\_\(stage.database)' AND wait_event = 'PgSleep'
                    """
                try await stage.wait(until: holds, is: "1")
                let second = try await stage.strata("restore", name)
                second.expect(5, saying: "another restore of the database \(stage.database) is running")
                _ = try await stage.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%holding\\_\(stage.database)'"
                )
            }
            #expect(holder.status != 0)
        }
    }
}
