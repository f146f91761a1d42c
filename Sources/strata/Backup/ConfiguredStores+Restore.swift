// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter

extension ConfiguredStores {
    /// The stores that can be brought back.
    static let restorable: Set<StoreName> = [.postgres, .redis, .chroma]

    /// Where to restore.
    ///
    /// - Parameters:
    ///   - redisFolder: The folder of a Redis server that is stopped; `nil`: the server runs.
    ///   - maintenanceDatabase: From which PostgreSQL's databases are renamed; `nil`: the usual ones.
    ///   - keepFolder: Where stores that have no place for it keep what they had before.
    /// - Throws: When a store is not configured.
    func restoreTargets(
        _ stores: [StoreName], _ postgres: PostgresProgramOptions, redisFolder: String?, keepFolder: String,
        maintenanceDatabase: String? = nil
    ) throws -> [any RestoreTarget] {
        try stores.map { store in
            guard isConfigured(store) || (store == .redis && redisFolder != nil) else { throw notConfigured(store) }
            switch store {
            case .postgres:
                return PostgresRestoreTarget(
                    try connection.configuration(), launcher: launcher, programs: postgres.postgresPrograms,
                    maintenanceDatabase: maintenanceDatabase)
            case .redis:
                if let redisFolder {
                    return RedisFolderRestoreTarget(
                        folder: BackupFolderOptions.absolute(redisFolder),
                        server: try RedisConfiguration.find(in: environment))
                }
                return RedisRestoreTarget(try redis(), keepFolder: keepFolder)
            case .chroma: return ChromaRestoreTarget(try chroma())
            default:
                throw BackupKitError(.configuration, "this build cannot restore \(store): leave it out with --only")
            }
        }
    }
}
