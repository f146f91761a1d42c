// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("Companion", .timeLimit(.minutes(15)))
struct CompanionTests {
    /// What happened, in order.
    private final class Record: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock(\.self) }
        func add(_ word: String) { kept.withLock { $0.append(word) } }
    }

    /// A companion that waits until it is cancelled.
    private static func companion(_ record: Record, delay: Duration) -> Companion {
        Companion(delay: delay, executor: ConnectionExecutor()) {
            record.add("begins")
            try? await Task.sleep(for: .seconds(3600))
            record.add("ends")
        }
    }

    @Test("An exchange that is over before the delay starts nothing")
    func quick() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                let record = Record()
                await connection.setCompanion(Self.companion(record, delay: .seconds(3600)))
                for _ in 0..<10 { try await connection.query("SELECT 1") }
                #expect(record.all == [])
            }
        }
    }

    @Test("One that takes longer starts it once, and ends only after it ended", arguments: ["SELECT 1", "SELECT 1/0"])
    func long(end: String) async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { holder in
                try await holder.query("SELECT pg_advisory_lock(1)")
                try await database.withConnection { connection in
                    let record = Record()
                    await connection.setCompanion(Self.companion(record, delay: .milliseconds(1)))
                    async let failure = connection.exchange(
                        Array("SELECT pg_advisory_lock(1); \(end)".utf8), receive: { _ in })
                    #expect(try await eventually { record.all == ["begins"] })
                    try await holder.query("SELECT pg_advisory_unlock(1)")
                    #expect(try await (failure != nil) == (end == "SELECT 1/0"))
                    #expect(record.all == ["begins", "ends"])
                }
            }
        }
    }

    /// As in ``ExecutorTests``: more sessions than cores, and one that comes later lets them go on.
    @Test("Exchanges that have one do not keep other tasks from running")
    func doesNotBlockThePool() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { holder in
                try await holder.query("SELECT pg_advisory_lock(1)")
                let record = Record()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            try await database.withConnection { connection in
                                await connection.setCompanion(Self.companion(record, delay: .zero))
                                try await connection.query("SELECT pg_advisory_lock_shared(1)")
                            }
                        }
                    }
                    #expect(try await eventually { record.all.count == 20 })
                    try await holder.query("SELECT pg_advisory_unlock(1)")
                    try await group.waitForAll()
                }
                #expect(record.all.count == 40)
            }
        }
    }

    @Test("It ends with a connection that is lost")
    func lost() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                let record = Record()
                await connection.setCompanion(Self.companion(record, delay: .zero))
                async let sleeping = connection.query("SELECT pg_sleep(3600)")
                #expect(try await eventually { record.all == ["begins"] })
                try await database.query("SELECT pg_terminate_backend(\(connection.serverProcess))")
                do {
                    _ = try await sleeping
                    Issue.record("the connection was not lost")
                } catch let error as PostgresError {
                    #expect(error.code == .connectionLost)
                }
                #expect(record.all == ["begins", "ends"])
            }
        }
    }

    @Test("An exchange does not wait for the answer to a question of its companion")
    func abandoned() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { holder in
                try await holder.query("SELECT pg_advisory_lock(1)")
                try await database.withConnection { connection in
                    try await database.withConnection { second in
                        let companion = Companion(delay: .zero, executor: ConnectionExecutor()) {
                            _ = await second.ask("SELECT pg_sleep(3600)", within: .seconds(3600))
                        }
                        await connection.setCompanion(companion)
                        async let rows = connection.query("SELECT 1 FROM pg_advisory_lock(1)")
                        let asks = "SELECT count(*) FROM pg_stat_activity WHERE pid = \(second.serverProcess)"
                        #expect(
                            try await eventually {
                                try await holder.query("\(asks) AND wait_event = 'PgSleep'") == [["1"]]
                            })
                        try await holder.query("SELECT pg_advisory_unlock(1)")
                        #expect(try await rows == [["1"]])
                        #expect(await second.isConnected == false)
                    }
                }
            }
        }
    }

    @Test("A question gets its rows; one that fails or takes too long gets none, and its connection is closed")
    func asking() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                #expect(await connection.ask("SELECT 1, NULL", within: .seconds(60)) == [["1", nil]])
                #expect(await connection.ask("SELECT 1/0", within: .seconds(60)) == nil)
                #expect(await connection.ask("SELECT 1", within: .seconds(60)) == nil)
                #expect(await connection.isConnected == false)
            }
            try await database.withConnection { connection in
                #expect(await connection.ask("SELECT pg_sleep(3600)", within: .milliseconds(1)) == nil)
                #expect(await connection.isConnected == false)
            }
        }
    }
}
