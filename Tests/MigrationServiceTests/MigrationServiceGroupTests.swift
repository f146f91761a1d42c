// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
import Logging
import MigrationCore
import MigrationService
import MigrationTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite("MigrationServiceGroup")
struct MigrationServiceGroupTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let health = WitnessedService()
    private let server = WitnessedService()

    /// Runs a group, lets the body act while it runs, and returns the error with which it ended.
    private func running(
        _ bench: StartupBench, settings: MigrationSettings = StartupBench.apply,
        onFailure: MigrationServiceGroup<InMemorySource, InMemoryVersionStore>.FailureBehavior = .end,
        _ body: (ServiceGroup) async throws -> Void
    ) async throws -> (any Error)? {
        let inner = MigrationServiceGroup(
            bench.startup(settings), alongside: [health], whenReady: [server], onFailure: onFailure, logger: logger)
        let group = ServiceGroup(services: [inner], logger: logger)
        let run = Task { () -> (any Error)? in
            do {
                try await group.run()
                return nil
            } catch {
                return error
            }
        }
        do {
            try await body(group)
        } catch {
            run.cancel()
            throw error
        }
        return await run.value
    }

    @Test func `services start when the schema is ready, those alongside before`() async throws {
        let bench = StartupBench("hold")
        let error = try await running(bench) { group in
            await bench.isMigrating()
            try await health.started.wait()
            #expect(!server.hasStarted)
            bench.latch.open()
            try await server.started.wait()
            #expect(await bench.store.effects == ["hold"])
            #expect(bench.readiness.isReady)
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(server.end == .shutDown)
        #expect(health.end == .shutDown)
        // Requests are answered to the end, and health with them.
        #expect(server.endNumber < health.endNumber)
    }

    @Test func `a graceful shutdown while it waits for the lock ends the wait, and starts nothing`() async throws {
        let bench = StartupBench("one")
        let other = try await bench.lockedSession()
        let error = try await running(bench) { group in
            await bench.isWaiting()
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(!server.hasStarted)
        #expect(health.end == .shutDown)
        #expect(bench.readiness.state == .interrupted)
        #expect(await bench.store.openSessions == [other.number])
        await other.close()
        #expect(await bench.store.effects == [])
    }

    @Test func `a graceful shutdown while a migration runs undoes it and gives the lock back`() async throws {
        let bench = StartupBench("one", "hold")
        let error = try await running(bench) { group in
            await bench.isMigrating(2)
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(!server.hasStarted)
        #expect(await bench.store.effects == ["one"])
        #expect(await bench.store.openSessions == [])
        #expect(await !bench.store.isLocked)
    }

    @Test func `a cancellation reaches run and services`() async throws {
        let bench = StartupBench("hold")
        let group = MigrationServiceGroup(
            bench.startup(), alongside: [health], whenReady: [server], logger: logger)
        let run = Task { try await group.run() }
        await bench.isMigrating()
        try await health.started.wait()
        run.cancel()
        _ = await run.result
        #expect(health.end == .cancelled)
        #expect(!server.hasStarted)
        #expect(await !bench.store.isLocked)
    }

    @Test func `a failed migration ends all of it with its error`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        let error = try await running(bench) { _ in }
        #expect((error as? MigrationError)?.code == .failed)
        #expect(bench.readiness.report.status == "failed")
        #expect(!server.hasStarted)
    }

    @Test func `where it is told to, a failed start stays unready until it is shut down`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        let error = try await running(bench, onFailure: .stayUnready) { group in
            _ = await bench.reached { if case .failed = $0 { true } else { false } }
            try await health.started.wait()
            #expect(!server.hasStarted)
            #expect(health.end == nil)
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(health.end == .shutDown)
        #expect(!server.hasStarted)
    }

    @Test func `a database that needs a newer build keeps services waiting until it fits`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(StoreFault(at: .history, error: StartupBench.tooNew))
        let error = try await running(bench) { group in
            try await bench.clock.hasSleeper()
            try await health.started.wait()
            #expect(bench.readiness.report.status == "needsNewerBuild")
            #expect(!server.hasStarted)
            bench.clock.advance(by: .seconds(30))
            try await server.started.wait()
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(server.end == .shutDown)
    }

    @Test func `a graceful shutdown does not wait for the next look`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(StoreFault(at: .history, error: StartupBench.tooNew, times: .max))
        let error = try await running(bench) { group in
            try await bench.clock.hasSleeper()
            await group.triggerGracefulShutdown()
        }
        #expect(error == nil)
        #expect(bench.readiness.state == .interrupted)
    }

    @Test func `a service that fails ends the others, and its error is the one that is thrown`() async throws {
        let bench = StartupBench("one")
        let error = try await running(bench) { _ in
            try await server.started.wait()
            server.fail()
        }
        #expect(error is WitnessedService.Failure)
        #expect(health.end == .cancelled)
    }

    @Test func `services that are done let the others shut down in good order`() async throws {
        let bench = StartupBench("one")
        let server = ServiceGroupConfiguration.ServiceConfiguration(
            service: self.server, successTerminationBehavior: .gracefullyShutdownGroup)
        let health = ServiceGroupConfiguration.ServiceConfiguration(service: self.health)
        let group = MigrationServiceGroup(bench.startup(), alongside: [health], whenReady: [server], logger: logger)
        let run = Task { try await group.run() }
        try await self.server.started.wait()
        self.server.finish()
        try await run.value
        #expect(self.health.end == .shutDown)
    }

    @Test func `without services for later it goes on with those alongside`() async throws {
        let bench = StartupBench("one")
        let group = ServiceGroup(
            services: [
                MigrationServiceGroup(
                    bench.startup(), alongside: [health], whenReady: [any Service](), logger: logger)
            ], logger: logger)
        async let run: Void = group.run()
        _ = await bench.reached(\.isReady)
        try await health.started.wait()
        #expect(health.end == nil)
        await group.triggerGracefulShutdown()
        try await run
        #expect(health.end == .shutDown)
    }

    @Test func `what service groups log of it is its name`() {
        let bench = StartupBench("one")
        let group = MigrationServiceGroup(bench.startup(), whenReady: [server], logger: logger)
        #expect("\(group)" == "MigrationServiceGroup")
        #expect("\(bench.startup())" == "MigrationStartup")
    }
}
#endif
