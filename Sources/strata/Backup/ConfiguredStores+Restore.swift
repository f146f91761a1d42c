// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter

extension ConfiguredStores {
    /// The folder of ChromaDB, also where it was lost.
    private func chromaToRestore() throws -> ChromaRestoreTarget {
        guard let found = try ChromaConfiguration.find(in: environment, isRestoring: true) else {
            throw notConfigured(.chroma)
        }
        return ChromaRestoreTarget(found)
    }

    /// Whether a restore of a set may have left something to bring back, where nothing names the store any more.
    func isKept(_ store: StoreName, set: String) -> Bool {
        store == .chroma && (try? chromaToRestore())?.keeps(set: set) == true
    }

    /// Where to restore.
    ///
    /// - Parameters:
    ///   - redisOptions: Where Redis is restored: into a server that runs, or into a folder.
    ///   - maintenanceDatabase: From which PostgreSQL's databases are renamed; `nil`: the usual ones.
    ///   - keepFolder: Where stores that have no place for it keep what they had before.
    /// - Throws: When a store is not configured.
    func restoreTargets(
        _ stores: [StoreName], _ postgres: PostgresProgramOptions, redisOptions: RedisRestoreOptions,
        keepFolder: String,
        maintenanceDatabase: String? = nil
    ) throws -> [any RestoreTarget] {
        try stores.map { store in
            guard isConfigured(store) || store == .chroma || (store == .redis && redisOptions.isFolder) else {
                throw notConfigured(store)
            }
            switch store {
            case .postgres:
                return PostgresRestoreTarget(
                    try connection.configuration(), launcher: launcher, programs: postgres.postgresPrograms,
                    maintenanceDatabase: maintenanceDatabase)
            case .redis:
                if redisOptions.isFolder {
                    return try redisOptions.folderTarget(RedisConfiguration.find(in: environment))
                }
                return RedisRestoreTarget(try redis(), keepFolder: keepFolder, options: redisOptions.live)
            case .chroma: return try chromaToRestore()
            default:
                throw BackupKitError(.configuration, "this build cannot restore \(store): leave it out with --only")
            }
        }
    }
}
