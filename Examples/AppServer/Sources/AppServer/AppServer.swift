// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird
import Logging
import MigrationFiles
import MigrationService
import PostgresAdapter
import ServiceLifecycle

/// A server that applies its migrations when it starts, and answers its platform meanwhile.
@main
struct AppServer {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let logger = Logger(label: "app-server", factory: { StreamLogHandler.standardError(label: $0) })
        let database = try PostgresConfiguration(environment: environment)
        let startup = try MigrationStartup(
            source: DirectorySource(environment["MIGRATIONS_PATH"] ?? "migrations"),
            store: PostgresVersionStore(database), environment: environment, observers: [MigrationLog(logger)])
        let address = BindAddress.hostname(
            environment["HOST"] ?? "127.0.0.1", port: environment["PORT"].flatMap(Int.init) ?? 8080)
        let server = Application(
            router: Routes(readiness: startup.readiness, database: database).router,
            configuration: ApplicationConfiguration(address: address),
            onServerRunning: { channel in
                // With port 0 the system chooses one.
                FileHandle.standardOutput.write(Data("listening on port \(channel.localAddress?.port ?? 0)\n".utf8))
            },
            logger: logger)
        let group = MigrationServiceGroup(
            startup, alongside: [server], whenReady: [BookKeeper(database: database, logger: logger)], logger: logger)
        try await ServiceGroup(services: [group], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
