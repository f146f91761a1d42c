// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter
import ThrowawayPostgres

/// The stores of one application, and the folder of its sets.
struct ApplicationBackups: Sendable {
    let folder: BackupFolder
    let postgres: PostgresConfiguration
    let redis: RedisConfiguration
    let chroma: ChromaConfiguration
    let settings: String
    let launcher = SubprocessLauncher()

    /// Saves all stores at the same time, proves the set, and takes away old ones.
    func run() async throws -> BackupSet {
        let runner = BackupRunner(
            folder: folder,
            targets: [
                PostgresBackupTarget(postgres, launcher: launcher, options: .init(digest: true)),
                RedisBackupTarget(redis), ChromaBackupTarget(chroma), SettingsTarget(path: settings),
            ], options: .init(strataVersion: "1.0"))
        let set = try await runner.run()
        // A set without one of the stores is published, too, and says why.
        for (store, record) in set.metadata.stores where record.status == .failed {
            throw SettingsError(category: .store, description: "\(store): \(record.reason ?? "")")
        }
        let verifier = SetVerifier(
            verifiers: [
                PostgresArtifactVerifier(launcher: launcher, servers: ThrowawayServers()),
                RedisArtifactVerifier(launcher: launcher), ChromaArtifactVerifier(launcher: launcher),
                SettingsVerifier(),
            ], strataVersion: "1.0")
        let report = try await verifier.verify(set, upTo: .restored)
        guard !report.isDamaged else {
            throw SettingsError(category: .damaged, description: "\(set.name): \(report.results.flatMap(\.findings))")
        }
        _ = try await BackupPruner(folder: folder, policy: RetentionPolicy(daily: 14, weekly: 8)).prune()
        return try folder.set(set.folder)
    }

    /// Brings the newest set back, all stores or none.
    func restore() async throws -> [RestoreResult] {
        let set = try folder.set("latest")
        for plan in try await restorer.plan(set) { print(plan.store, plan.address, plan.steps, plan.notices) }
        return try await restorer.restore(set)
    }

    /// Brings back what was there before.
    func undo(_ set: SetName) async throws -> [RestoreResult] { try await restorer.undo(set: set.description) }

    private var restorer: SetRestorer {
        SetRestorer(targets: [
            PostgresRestoreTarget(postgres, launcher: launcher),
            RedisRestoreTarget(redis, keepFolder: folder.path), ChromaRestoreTarget(chroma),
            SettingsRestoreTarget(path: settings),
        ])
    }
}

/// Servers for the proof of PostgreSQL, of the versions that are installed.
struct ThrowawayServers: ProvingServers {
    struct Server: ProvingServer {
        let server: ThrowawayPostgres
        var configuration: PostgresConfiguration { PostgresConfiguration(parameters: server.connectionParameters()) }
        var programs: String { server.binaries.folder }
        func stop() async { await server.stop() }
    }

    func start(major: Int) async throws -> Server {
        var options = ThrowawayPostgres.Options()
        options.binaries = try await PostgresBinaries.find(atLeast: major)
        // The roles of a set are made there: this one must be in none.
        options.superuser = "proof_\(UInt64.random(in: 0...UInt64.max))"
        return Server(server: try await ThrowawayPostgres.start(options))
    }
}
