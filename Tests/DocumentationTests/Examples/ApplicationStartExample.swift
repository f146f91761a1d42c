// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import PostgresAdapter

func prepareDatabase(environment: [String: String]) async throws -> MigrationReport {
    let policy = try StartupPolicy(environment: environment)
    let store = PostgresVersionStore(try PostgresConfiguration(environment: environment))
    let runner = MigrationRunner(source: DirectorySource("migrations"), store: store) { event in
        switch event {
        case .waitingForLock(let holder): print("waiting for", holder?.description ?? "another run")
        case .progress(let progress): print(progress.migration.path, progress)
        case .applied(let applied): print("applied", applied.migration.path, applied.duration)
        default: break
        }
    }
    return try await runner.start(policy)
}
