// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Brings the schema to where the application needs it, before it serves: one call for a plain `main`.
///
/// ```swift
/// let startup = try MigrationStartup(
///     source: DirectorySource("migrations"), store: store, environment: ProcessInfo.processInfo.environment,
///     observers: [MigrationLines { print($0) }])
/// try await startup.run()
/// ```
///
/// What it does is what the ``MigrationSettings/policy`` says: by default, what `RUN_DB_MIGRATIONS_ON_START` and
/// `REQUIRE_LATEST_SCHEMA` say. Where it is at, ``readiness`` tells, from any thread and at any time.
///
/// A server that has to answer its platform while migrations still run is started with `MigrationServiceGroup`, of the trait
/// `ServiceLifecycle`.
public struct MigrationStartup<Source: MigrationSource, Store: VersionStore>: Sendable {
    /// Where the migrations come from.
    public let source: Source
    /// What they are applied to.
    public let store: Store
    /// What to do.
    public let settings: MigrationSettings
    /// Where the start is at.
    public let readiness: MigrationReadiness
    let observers: [any StartupObserver]
    let clock: any Clock<Duration>
    let neededBuild: NeededBuild.Detection

    /// Makes a start with settings.
    ///
    /// - Parameters:
    ///   - source: Where the migrations come from.
    ///   - store: What they are applied to.
    ///   - settings: What to do.
    ///   - readiness: Told where the start is at; one of its own by default.
    ///   - observers: Told what happens while it happens.
    ///   - clock: Measures the waits, and times the looks at a database that needs a newer build.
    public init(
        source: Source, store: Store, settings: MigrationSettings, readiness: MigrationReadiness = MigrationReadiness(),
        observers: [any StartupObserver] = [], clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(
            source: source, store: store, settings: settings, readiness: readiness, observers: observers, clock: clock,
            neededBuild: NeededBuild.detect)
    }

    /// Makes a start that does what the environment says.
    ///
    /// - Parameters:
    ///   - source: Where the migrations come from.
    ///   - store: What they are applied to.
    ///   - environment: The variables of the process.
    ///   - options: How runs work.
    ///   - readiness: Told where the start is at; one of its own by default.
    ///   - observers: Told what happens while it happens.
    /// - Throws: `StartupPolicy.InvalidVariable` for a variable that is neither a yes nor a no.
    public init(
        source: Source, store: Store, environment: [String: String], options: RunOptions = RunOptions(),
        readiness: MigrationReadiness = MigrationReadiness(), observers: [any StartupObserver] = []
    ) throws(StartupPolicy.InvalidVariable) {
        self.init(
            source: source, store: store,
            settings: MigrationSettings(policy: try StartupPolicy(environment: environment), options: options),
            readiness: readiness, observers: observers)
    }

    /// With a way of its own to tell that a database needs a newer build.
    package init(
        source: Source, store: Store, settings: MigrationSettings, readiness: MigrationReadiness,
        observers: [any StartupObserver], clock: any Clock<Duration>, neededBuild: @escaping NeededBuild.Detection
    ) {
        self.source = source
        self.store = store
        self.settings = settings
        self.readiness = readiness
        self.observers = observers
        self.clock = clock
        self.neededBuild = neededBuild
    }

    /// Does what the settings say, and returns when the application may serve.
    ///
    /// To be called once. A database that needs a newer build is looked at again and again, until a build that fits was rolled
    /// out, or the task is cancelled: see ``MigrationSettings/newerBuild``.
    ///
    /// - Returns: What was applied.
    /// - Throws: `MigrationError`. When the task is cancelled, its code is `cancelled`: what the run was doing is undone then,
    ///   and its lock given back.
    @discardableResult
    public func run() async throws(MigrationError) -> MigrationReport {
        while true {
            do {
                return try await attempt()
            } catch {
                guard case .lookAgain(let interval) = settings.newerBuild, let build = neededBuild(error) else {
                    tell(error.code == .cancelled ? .interrupted(error) : .failed(error))
                    throw error
                }
                tell(.needsNewerBuild(build, nextLook: interval))
                try await sleep(for: interval)
            }
        }
    }

    private func attempt() async throws(MigrationError) -> MigrationReport {
        tell(.began(settings.policy))
        let meter = LockWaitMeter(clock: clock)
        let runner = MigrationRunner(source: source, store: store, options: settings.options) { event in
            if let waited = meter.note(event) { tell(.lockWaitEnded(waited)) }
            tell(.run(event))
        }
        do {
            let report = try await runner.start(settings.policy)
            if let waited = meter.end() { tell(.lockWaitEnded(waited)) }
            tell(.ready(report))
            return report
        } catch {
            if let waited = meter.end() { tell(.lockWaitEnded(waited)) }
            throw error
        }
    }

    private func sleep(for interval: Duration) async throws(MigrationError) {
        do {
            try await clock.sleep(for: interval)
        } catch {
            let error = MigrationError(code: .cancelled, underlying: error)
            tell(.interrupted(error))
            throw error
        }
    }

    private func tell(_ event: StartupEvent) {
        readiness.observe(event)
        for observer in observers { observer.observe(event) }
    }
}

extension MigrationStartup: CustomStringConvertible {
    /// Its name alone: a store knows a password.
    public var description: String { "MigrationStartup" }
}
