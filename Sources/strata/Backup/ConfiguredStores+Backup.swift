// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import MigrationCore
import PostgresAdapter
import RedisAdapter

/// What a run saves, and what it leaves out and why.
struct BackupSelection {
    var targets: [any BackupTarget] = []
    var skipped: [StoreName: String] = [:]
}

extension ConfiguredStores {
    /// The targets of all stores that are configured and were not left out.
    func selection(_ stores: StoreOptions, _ options: BackupOptions) -> BackupSelection {
        var selection = BackupSelection()
        for store in Self.known {
            if !stores.includes(store) {
                selection.skipped[store] = "left out with --only"
            } else if !isConfigured(store) {
                selection.skipped[store] = "not configured: \(Self.variables(of: store)) would name it"
            } else {
                selection.targets.append(target(store, options))
            }
        }
        return selection
    }

    /// What `--only` names and nothing configures; `nil` where all is configured.
    func missing(_ stores: StoreOptions) -> BackupKitError? {
        guard let store = (stores.only ?? []).sorted().first(where: { !isConfigured($0) }) else { return nil }
        return BackupKitError(
            .configuration, "--only names \(store), which is not configured: set \(Self.variables(of: store))")
    }

    private func target(_ store: StoreName, _ options: BackupOptions) -> any BackupTarget {
        do {
            return switch store {
            case .postgres: try postgresTarget(options)
            case .redis: try redisTarget(options)
            case .chroma: ChromaBackupTarget(try chroma(), options: .init(longestHold: options.chromaHold))
            default: throw BackupKitError(.configuration, "this build cannot save \(store): leave it out with --only")
            }
        } catch {
            return UnusableTarget(store: store, reason: error)
        }
    }

    private func postgresTarget(_ options: BackupOptions) throws -> PostgresBackupTarget {
        return PostgresBackupTarget(
            try connection.configuration(), launcher: launcher,
            options: .init(
                programs: options.proof.postgres.postgresPrograms, lockWaitTimeout: options.tableLockWait,
                digest: options.digest,
                jobs: options.jobs, compression: options.compress, globals: options.globals,
                rolePasswords: options.rolePasswords, historyTable: options.history.historyTable,
                environment: postgresEnvironment))
    }

    private func redisTarget(_ options: BackupOptions) throws -> RedisBackupTarget {
        var settings = RedisBackupTarget.Options()
        settings.savesUsers = options.redisUsers
        return RedisBackupTarget(try redis(), options: settings)
    }
}
