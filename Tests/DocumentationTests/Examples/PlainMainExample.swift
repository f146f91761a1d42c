// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationFiles
import MigrationService
import PostgresAdapter

func prepareSchema() async throws {
    let environment = ProcessInfo.processInfo.environment
    let startup = try MigrationStartup(
        source: DirectorySource("migrations"),
        store: PostgresVersionStore(PostgresConfiguration(environment: environment)),
        environment: environment,
        observers: [MigrationLines { print($0) }])
    try await startup.run()
}
