// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle && Logging
import Logging
import MigrationFiles
import MigrationService
import PostgresAdapter
import ServiceLifecycle
import UnixSignals

func serve(
    environment: [String: String], healthServer: (MigrationReadiness) -> any Service, server: any Service
) async throws {
    let logger = Logger(label: "app")
    let startup = try MigrationStartup(
        source: DirectorySource("migrations"),
        store: PostgresVersionStore(PostgresConfiguration(environment: environment)),
        environment: environment,
        observers: [MigrationLog(logger)])
    let migrated = MigrationServiceGroup(
        startup,
        alongside: [healthServer(startup.readiness)],  // from the first moment on
        whenReady: [server],  // when the schema is ready
        logger: logger)
    try await ServiceGroup(
        services: [migrated], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
}
#endif
