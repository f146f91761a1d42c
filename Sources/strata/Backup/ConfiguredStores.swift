// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter

/// The stores of the application, as the environment and the options name them.
struct ConfiguredStores {
    /// All that the program knows.
    static let known: [StoreName] = supported + [.neo4j]
    /// Those that this build can save and restore.
    static let supported: [StoreName] = [.postgres, .redis, .chroma]

    let environment: [String: String]
    let connection: ConnectionOptions
    let launcher = SubprocessLauncher()

    /// What names a store, for those who look for the reason why it was left out.
    static func variables(of store: StoreName) -> String {
        switch store {
        case .postgres: "DATABASE_URL, POSTGRES_HOST or PGHOST"
        case .redis: "REDIS_URL or REDIS_HOST"
        case .chroma: "CHROMA_PATH"
        case .neo4j: "NEO4J_HOST"
        default: "its address"
        }
    }

    /// Whether anything names the store.
    func isConfigured(_ store: StoreName) -> Bool {
        switch store {
        case .postgres:
            connection.databaseURL != nil
                || has(
                    "MIGRATION_DATABASE_URL", "DATABASE_URL", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB",
                    "POSTGRES_USER", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE")
        // One that cannot be read is there, and is going to say so.
        case .redis: (try? RedisConfiguration.find(in: environment)) != .some(nil)
        case .chroma:
            (try? ChromaConfiguration.find(in: environment)) != .some(nil)
        case .neo4j: has("NEO4J_HOST")
        default: false
        }
    }

    func redis() throws -> RedisConfiguration {
        if let configuration = try RedisConfiguration.find(in: environment) { return configuration }
        throw notConfigured(.redis)
    }

    func chroma() throws -> ChromaConfiguration {
        if let configuration = try ChromaConfiguration.find(in: environment) { return configuration }
        throw notConfigured(.chroma)
    }

    func notConfigured(_ store: StoreName) -> BackupKitError {
        BackupKitError(
            .configuration, "\(store) is not configured: set \(Self.variables(of: store)), or leave it out with --only")
    }

    /// What programs of PostgreSQL need of the environment: their passwords and settings of connections come from us.
    var postgresEnvironment: [String: String] {
        environment.filter { ["HOME", "KRB5CCNAME", "KRB5_CONFIG", "TMPDIR"].contains($0.key) }
    }

    private func has(_ names: String...) -> Bool {
        names.contains { !(environment[$0] ?? "").isEmpty }
    }
}

/// A store that is configured and cannot be used: it fails when its turn comes, and the others are saved.
struct UnusableTarget: BackupTarget {
    let store: StoreName
    let reason: any Error

    var address: String { "not known" }

    func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        throw reason
    }
}
