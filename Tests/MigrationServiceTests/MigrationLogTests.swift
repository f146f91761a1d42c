// SPDX-License-Identifier: Apache-2.0

#if Logging
import InMemoryLogging
import Logging
import MigrationCore
import MigrationService
import MigrationTesting
import Testing

@Suite("MigrationLog")
struct MigrationLogTests {
    /// What a start writes.
    private func entries(_ bench: StartupBench) async -> [InMemoryLogHandler.Entry] {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        _ = await bench.failure(of: bench.startup(observers: [MigrationLog(logger)]).run)
        return handler.entries
    }

    @Test func `each event has its level`() async {
        let entries = await entries(StartupBench("one"))
        #expect(entries.map(\.level) == [.debug, .info, .info, .debug, .info, .info])
    }

    @Test func `what an event says is metadata, one fact a key`() async throws {
        let entries = await entries(StartupBench("one", "two"))
        let started = try #require(entries.first { $0.message.description.hasPrefix("migrating 2") })
        #expect(
            started.metadata == [
                "migration.id": "core:2", "migration.path": "0002_migration.sql", "migration.index": "2",
                "migration.total": "2",
            ])
        #expect(entries.last?.metadata == ["migrations.applied": "2"])
    }

    @Test func `a failure is an error with its code and its file`() async throws {
        let bench = StartupBench("one")
        await bench.store.plan(.failure(of: MigrationID(version: 1)))
        let last = try #require(await entries(bench).last)
        #expect(last.level == .error)
        #expect(last.message.description.contains("division by zero"))
        #expect(last.metadata["error.code"] == "failed")
        #expect(last.metadata["migration.path"] == "0001_migration.sql")
    }

    @Test(arguments: [("WARNING", Logger.Level.warning), ("NOTICE", .debug)])
    func `a message of the server has the level that its severity asks for`(severity: String, level: Logger.Level) {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        let notice = StoreNotice(severity: severity, message: "there is no transaction", code: "25P01")
        MigrationLog(logger).observe(.run(.notice(notice)))
        #expect(handler.entries.map(\.level) == [level])
        #expect(handler.entries.first?.metadata["notice.code"] == "25P01")
    }
}
#endif
