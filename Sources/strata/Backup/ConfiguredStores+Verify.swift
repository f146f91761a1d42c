// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import PostgresAdapter
import RedisAdapter
import ThrowawayPostgres

extension ConfiguredStores {
    /// What proves sets: it needs no store, only the programs of each.
    func verifier(_ postgres: PostgresProgramOptions, _ display: BackupDisplay) -> SetVerifier {
        SetVerifier(
            verifiers: [
                PostgresArtifactVerifier(
                    launcher: launcher, servers: ThrowawayProvingServers(programs: postgres.postgresPrograms),
                    programs: postgres.postgresPrograms),
                RedisArtifactVerifier(launcher: launcher),
            ], strataVersion: StrataVersion.current, observe: display.handle)
    }
}

/// Starts throw-away servers of the installed versions.
struct ThrowawayProvingServers: ProvingServers {
    /// The folder of the programs; `nil`: the ones that fit are looked for.
    let programs: String?

    struct Server: ProvingServer {
        let server: ThrowawayPostgres

        var configuration: PostgresConfiguration { PostgresConfiguration(parameters: server.connectionParameters()) }
        var programs: String { server.binaries.folder }
        func stop() async { await server.stop() }
    }

    func start(major: Int) async throws -> Server {
        var options = ThrowawayPostgres.Options()
        options.binaries = try await binaries(major: major)
        return Server(server: try await ThrowawayPostgres.start(options))
    }

    private func binaries(major: Int) async throws -> PostgresBinaries {
        if let programs { return try await PostgresBinaries.find(folder: programs) }
        return try await PostgresBinaries.find(atLeast: major)
    }
}
