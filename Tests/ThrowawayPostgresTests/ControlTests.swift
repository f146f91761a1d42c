// SPDX-License-Identifier: Apache-2.0

import Testing
import ThrowawayPostgres

@Suite("ThrowawayPostgres: stopping and starting again", .serialized)
struct ControlTests {
    @Test(
        "A stopped or killed server comes back in the same folder with what was committed",
        arguments: [ThrowawayPostgres.ShutdownMode.fast, .immediate, .kill])
    func restarts(mode: ThrowawayPostgres.ShutdownMode) async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.settings = ["synchronous_commit": "on"]
            try await ThrowawayPostgres.withServer(options) { server in
                _ = try await server.query("CREATE TABLE kept AS SELECT 1 AS id")
                let before = server.processID
                try await server.stopServer(mode)
                #expect(server.processID == nil)
                let refused = try await server.run(tool: "psql", ["-Xc", "SELECT 1"])
                #expect(refused.status == 2)
                try await server.startServer()
                #expect(server.processID != before)
                #expect(try await server.query("SELECT id FROM kept") == "1")
            }
        }
    }

    @Test("A primary with data becomes a standby, and a primary again")
    func changesRole() async throws {
        try await Server.inScratch { _, options in
            try await ThrowawayPostgres.withServer(options) { server in
                _ = try await server.query("CREATE TABLE kept AS SELECT 1 AS id")
                try await server.restart(standby: true)
                #expect(try await server.query("SELECT pg_is_in_recovery(), id FROM kept") == "t|1")
                try await server.restart(.immediate)
                #expect(try await server.query("SELECT pg_is_in_recovery(), id FROM kept") == "f|1")
            }
        }
    }

    @Test("Starting a running server and stopping a stopped one are refused")
    func wrongState() async throws {
        try await Server.inScratch { _, options in
            try await ThrowawayPostgres.withServer(options) { server in
                #expect(await Server.error { try await server.startServer() }?.code == .wrongState)
                try await server.stopServer(.immediate)
                #expect(await Server.error { try await server.stopServer() }?.code == .wrongState)
            }
        }
    }

    @Test("A server that was killed from outside is noticed, can be started again, and leaves nothing behind either")
    func killedFromOutside() async throws {
        try await Server.inScratch { _, options in
            let server = try await ThrowawayPostgres.start(options)
            try await Scratch.send("KILL", to: #require(server.processID))
            #expect(await Scratch.waits { !server.isRunning })
            try await server.startServer()
            #expect(try await server.query("SELECT 1") == "1")
            try await Scratch.send("KILL", to: #require(server.processID))
            await server.stop()
        }
    }
}
