// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter
import ThrowawayPostgres

extension ConfiguredStores {
    /// What proves sets: it needs no store, only the programs of each.
    func verifier(_ proof: ProofOptions, _ display: BackupDisplay) -> SetVerifier {
        SetVerifier(
            verifiers: [
                PostgresArtifactVerifier(
                    launcher: launcher, servers: ThrowawayProvingServers(proof),
                    programs: proof.postgres.postgresPrograms),
                RedisArtifactVerifier(
                    launcher: launcher, programs: proof.redisPrograms, folder: proof.workFolder),
                ChromaArtifactVerifier(
                    launcher: launcher, programs: proof.chromaPrograms, folder: proof.workFolder),
            ], strataVersion: StrataVersion.current, observe: display.handle)
    }
}

/// Starts throw-away servers of the installed versions.
struct ThrowawayProvingServers: ProvingServers {
    let proof: ProofOptions

    init(_ proof: ProofOptions) { self.proof = proof }

    struct Server: ProvingServer {
        let server: ThrowawayPostgres

        var configuration: PostgresConfiguration { PostgresConfiguration(parameters: server.connectionParameters()) }
        var programs: String { server.binaries.folder }
        func stop() async { await server.stop() }
    }

    func start(major: Int) async throws -> Server {
        var options = ThrowawayPostgres.Options()
        options.binaries = try await binaries(major: major)
        options.parentFolder = proof.workFolder
        // The globals of a set change the roles that they name: this one must be in none.
        options.superuser = "strata_\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        return Server(server: try await ThrowawayPostgres.start(options))
    }

    private func binaries(major: Int) async throws -> PostgresBinaries {
        if let programs = proof.postgres.postgresPrograms { return try await PostgresBinaries.find(folder: programs) }
        return try await PostgresBinaries.find(atLeast: major)
    }
}
