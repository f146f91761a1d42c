// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
public import Logging
public import MigrationCore
public import ServiceLifecycle

/// Services of swift-service-lifecycle, of which some start only when the schema is ready.
///
/// ```swift
/// let group = MigrationServiceGroup(startup, alongside: [healthServer], whenReady: [server, worker], logger: logger)
/// try await ServiceGroup(services: [group], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// A graceful shutdown reaches the services in the order of `ServiceGroup`: those of `whenReady` first, the last one first, then
/// those of `alongside`. When it comes before the schema is ready, the run stops waiting, or is cancelled and undone; its lock
/// is given back, and nothing of `whenReady` is started.
///
/// It takes no signals: put it into a `ServiceGroup` that does.
public struct MigrationServiceGroup<Source: MigrationSource, Store: VersionStore>: Service {
    /// A service, and what its end means for the others.
    public typealias ServiceConfiguration = ServiceGroupConfiguration.ServiceConfiguration

    /// What becomes of the services when the schema cannot be made ready.
    public enum FailureBehavior: Hashable, Sendable {
        /// End all of them and throw, so that the platform starts the process again.
        case end
        /// Go on with those of `alongside`, which tell why, until a graceful shutdown.
        case stayUnready
    }

    private let gate: SchemaGate<Source, Store>
    private let alongside: [ServiceConfiguration]
    private let logger: Logger

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - startup: What has to be done before the schema is ready.
    ///   - alongside: What starts at once and does not need the schema: the server of the health endpoint.
    ///   - whenReady: What starts when the schema is ready.
    ///   - failure: What to do when it cannot be made ready.
    ///   - logger: Told by `ServiceGroup` what it does with the services.
    public init(
        _ startup: MigrationStartup<Source, Store>, alongside: [any Service] = [], whenReady: [any Service],
        onFailure failure: FailureBehavior = .end, logger: Logger
    ) {
        self.init(
            startup, alongside: alongside.map { ServiceConfiguration(service: $0) },
            whenReady: whenReady.map { ServiceConfiguration(service: $0) }, onFailure: failure, logger: logger)
    }

    /// Makes a group of services that say what their ends mean for the others.
    public init(
        _ startup: MigrationStartup<Source, Store>, alongside: [ServiceConfiguration] = [],
        whenReady: [ServiceConfiguration], onFailure failure: FailureBehavior = .end, logger: Logger
    ) {
        gate = SchemaGate(startup: startup, services: whenReady, failure: failure, logger: logger)
        self.alongside = alongside
        self.logger = logger
    }

    /// Starts the services of `alongside`, makes the schema ready, starts the others, and returns when all of them ended.
    ///
    /// - Throws: `MigrationError` when the schema cannot be made ready, else what a service threw.
    public func run() async throws {
        // The last one is shut down first, and when it ends by itself the others have nothing left to serve.
        let last = ServiceConfiguration(service: gate, successTerminationBehavior: .gracefullyShutdownGroup)
        try await ServiceGroup(configuration: .init(services: alongside + [last], logger: logger)).run()
    }
}

extension MigrationServiceGroup: CustomStringConvertible {
    /// Its name alone: service groups log this, and a store knows a password.
    public var description: String { "MigrationServiceGroup" }
}
#endif
