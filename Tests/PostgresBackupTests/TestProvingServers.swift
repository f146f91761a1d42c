// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import ThrowawayPostgres

/// Starts servers of the installation that the tests use.
struct TestProvingServers: ProvingServers {
    struct Server: ProvingServer {
        let server: ThrowawayPostgres

        var configuration: PostgresConfiguration { PostgresConfiguration(parameters: server.connectionParameters()) }
        var programs: String { server.binaries.folder }
        func stop() async { await server.stop() }
    }

    func start(major: Int) async throws -> Server {
        Server(server: try await ThrowawayPostgres.start())
    }
}
