// SPDX-License-Identifier: Apache-2.0

#if Configuration
import Configuration
import MigrationFiles
import MigrationService
import PostgresAdapter

func startup(
    _ configuration: ConfigReader, store: PostgresVersionStore
) async throws -> MigrationStartup<DirectorySource, PostgresVersionStore> {
    let settings = try await MigrationSettings(configuration)
    return MigrationStartup(source: DirectorySource(settings.path), store: store, settings: settings)
}
#endif
