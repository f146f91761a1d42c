// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ThrowawayPostgres

@Suite("ThrowawayPostgres", .serialized)
struct ThrowawayPostgresTests {
    @Test("A started server answers, through its parameters and through its URL")
    func answers() async throws {
        try await Server.inScratch { _, options in
            try await ThrowawayPostgres.withServer(options) { server in
                #expect(try await server.query("SELECT 6 * 7") == "42")
                let byURL = try await server.run(
                    tool: "psql",
                    ["-XAt", server.connectionURL(), "-c", "SELECT current_user, current_setting('port')"],
                    environment: ["PGHOST": "/nowhere", "PGPORT": "1"])
                #expect(byURL.text == "postgres|5432\n", "\(byURL.errorText)")
                let settings = try await server.query("SHOW server_version_num")
                #expect(Int(settings).map { $0 / 10000 } == server.version.major)
                #expect(try await server.query("SHOW listen_addresses") == "")
                #expect(server.isRunning)
            }
        }
    }

    @Test("After stop returned there is no folder and no process, and stopping again does no harm")
    func stops() async throws {
        try await Server.inScratch { scratch, options in
            let server = try await ThrowawayPostgres.start(options)
            #expect(FileManager.default.fileExists(atPath: server.folder))
            await server.stop()
            #expect(scratch.folders == [])
            #expect(try await scratch.processes() == [])
            #expect(!server.isRunning)
            await server.stop()
            let late = await Server.error { try await server.startServer() }
            #expect(late?.code == .supervisorLost)
        }
    }

    @Test("A client in the middle of a statement does not hold up stop")
    func busyClient() async throws {
        try await Server.inScratch { _, options in
            let server = try await ThrowawayPostgres.start(options)
            async let busy = server.run(tool: "psql", ["-Xc", "SELECT pg_sleep(600)"])
            let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            #expect(try await Scratch.waits { try await server.query(sleeping) == "1" })
            await server.stop()
            #expect(try await busy.status == 2)
        }
    }

    @Test("Two servers live side by side and do not see each other's data")
    func twoAtOnce() async throws {
        try await Server.inScratch { _, options in
            async let one = ThrowawayPostgres.start(options)
            async let two = ThrowawayPostgres.start(options)
            let (first, second) = (try await one, try await two)
            _ = try await first.query("CREATE TABLE here ()")
            #expect(try await first.query("SELECT to_regclass('here') IS NULL") == "f")
            #expect(try await second.query("SELECT to_regclass('here') IS NULL") == "t")
            await first.stop()
            #expect(try await second.query("SELECT 1") == "1")
            await second.stop()
        }
    }

    @Test("A standby reports that it is in recovery, and refuses to write")
    func standby() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.standby = true
            try await ThrowawayPostgres.withServer(options) { server in
                #expect(try await server.query("SELECT pg_is_in_recovery()") == "t")
                let write = try await server.run(tool: "psql", ["-Xc", "CREATE TABLE t ()"])
                #expect(write.errorText.contains("read-only"))
            }
        }
    }

    @Test("Settings arrive unharmed, statements are logged when asked")
    func settings() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.settings = ["custom.value": #"it's 100% C:\temp"#, "work_mem": "8MB", "max_connections": "20"]
            options.logStatements = true
            try await ThrowawayPostgres.withServer(options) { server in
                #expect(try await server.query("SHOW custom.value") == #"it's 100% C:\temp"#)
                #expect(try await server.query("SHOW work_mem") == "8MB")
                #expect(try await server.query("SHOW max_connections") == "20")
                #expect(try await server.query("SHOW fsync") == "off")
                let log = try server.log()
                #expect(log.contains("statement: SHOW work_mem"))
            }
        }
    }

    @Test("A line for pg_hba.conf counts before the default ones")
    func hostBasedAuthentication() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.hbaLines = ["local all locked scram-sha-256"]
            options.durable = true
            try await ThrowawayPostgres.withServer(options) { server in
                _ = try await server.query("CREATE ROLE locked LOGIN PASSWORD 'right'")
                let url = server.connectionURL(user: "locked")
                let arguments = ["-XAtw", url, "-c", "SELECT current_user"]
                let right = try await server.run(tool: "psql", arguments, environment: ["PGPASSWORD": "right"])
                #expect(right.text == "locked\n", "\(right.errorText)")
                let wrong = try await server.run(tool: "psql", arguments, environment: ["PGPASSWORD": "wrong"])
                #expect(wrong.status == 2)
                #expect(wrong.errorText.contains("password authentication failed"))
                #expect(try await server.query("SHOW fsync") == "on")
            }
        }
    }

    @Test(
        "An error in the body stops the server, and keeps the folder only if the options say so",
        arguments: [false, true])
    func bodyThrows(keep: Bool) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var options = ThrowawayPostgres.Options()
        options.parentFolder = scratch.path
        options.keepAfterFailure = keep
        await #expect(throws: CancellationError.self) {
            try await ThrowawayPostgres.withServer(options) { _ in throw CancellationError() }
        }
        #expect(scratch.folders.count == (keep ? 1 : 0))
        #expect(scratch.contains("server.log") == keep)
        #expect(try await scratch.processes() == [])
    }
}
