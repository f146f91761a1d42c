// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import TestSupport
import ThrowawayPostgres

/// Starts servers of the installation that the tests use.
struct TestProvingServers: ProvingServers {
    struct Server: ProvingServer {
        let server: ThrowawayPostgres

        var configuration: PostgresConfiguration { .patient(server.connectionParameters()) }
        var programs: String { server.binaries.folder }
        func stop() async { await server.stop() }
    }

    /// What a test does to a server before anything is restored into it.
    var prepare: @Sendable (ThrowawayPostgres) async throws -> Void = { _ in }

    func start(major: Int) async throws -> Server {
        var options = ThrowawayPostgres.Options.forTests
        options.superuser = "strata_\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        let server = try await ThrowawayPostgres.start(options)
        try await prepare(server)
        return Server(server: server)
    }
}
