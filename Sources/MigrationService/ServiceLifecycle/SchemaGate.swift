// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
internal import Logging
internal import MigrationCore
internal import ServiceLifecycle

/// Makes the schema ready, then runs services.
struct SchemaGate<Source: MigrationSource, Store: VersionStore>: Service, CustomStringConvertible {
    let startup: MigrationStartup<Source, Store>
    let services: [ServiceGroupConfiguration.ServiceConfiguration]
    let failure: MigrationServiceGroup<Source, Store>.FailureBehavior
    let logger: Logger

    var description: String { "SchemaGate" }

    func run() async throws {
        guard try await opens() else { return }
        guard !services.isEmpty else { return try await gracefulShutdown() }
        try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
    }

    /// Whether the services may start.
    private func opens() async throws -> Bool {
        do {
            _ = try await cancelWhenGracefulShutdown { try await startup.run() }
            // The shutdown may have come when there was nothing left to cancel.
            return !Task.isShuttingDownGracefully
        } catch let error as MigrationError {
            if error.code == .cancelled && Task.isShuttingDownGracefully { return false }
            guard failure == .stayUnready && error.code != .cancelled else { throw error }
            try await gracefulShutdown()
            return false
        }
    }
}
#endif
