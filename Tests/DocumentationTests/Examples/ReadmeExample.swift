// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import PostgresAdapter

func migrate(environment: [String: String]) async throws {
    let runner = MigrationRunner(
        source: DirectorySource("migrations"),
        store: PostgresVersionStore(try PostgresConfiguration(environment: environment)))
    try await runner.start(StartupPolicy(environment: environment))
}
