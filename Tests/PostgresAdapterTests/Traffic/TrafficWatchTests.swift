// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("TrafficWatch")
struct TrafficWatchTests {
    private static let now = ContinuousClock.now

    private func reading(waits: Bool = false, behind: [String: Duration]) -> TrafficReading {
        var reading = TrafficReading(rows: [])
        reading.isWaiting = waits
        for (process, waited) in behind { reading.behind[.init(process: process, since: process)] = waited }
        return reading
    }

    private func watch(_ sessions: Int) -> TrafficWatch {
        let watch = TrafficWatch()
        watch.arm(lockTimeout: nil, queueLimit: QueueLimit(sessions: sessions, duration: .seconds(2)))
        return watch
    }

    @Test("What others waited before the first look counts")
    func waitedBefore() {
        let watch = watch(1)
        #expect(!watch.mustCancel(reading(behind: ["7": .seconds(3), "8": .seconds(1)]), at: Self.now))
        #expect(watch.heldUp == .seconds(3))
        #expect(watch.mustCancel(reading(behind: ["7": .seconds(4), "8": .seconds(3)]), at: Self.now + .seconds(1)))
    }

    @Test("Where the server does not tell since when somebody waits, the time from the first look counts")
    func unknownTime() {
        let watch = watch(0)
        #expect(!watch.mustCancel(reading(behind: ["7": .zero]), at: Self.now))
        #expect(!watch.mustCancel(reading(behind: ["7": .zero]), at: Self.now + .seconds(2)))
        #expect(watch.mustCancel(reading(behind: ["7": .zero]), at: Self.now + .seconds(2.1)))
        #expect(watch.heldUp == .seconds(2.1))
    }

    @Test("It tells whether the statement waited itself or was at work")
    func busy() {
        let watch = watch(0)
        #expect(watch.mustCancel(reading(waits: true, behind: ["7": .seconds(3)]), at: Self.now))
        #expect(watch.reason == "1 session waited for it for longer than 2.0 seconds")
        #expect(!watch.wasBusy)
        watch.arm(lockTimeout: nil, queueLimit: QueueLimit(sessions: 0, duration: .seconds(2)))
        #expect(watch.reason == nil && watch.heldUp == nil)
        #expect(watch.mustCancel(reading(behind: ["7": .seconds(3)]), at: Self.now))
        #expect(watch.reason == "1 session waited for it for longer than 2.0 seconds while it was at work")
        #expect(watch.wasBusy)
    }

    @Test("The transactions in the way are known when all of them are")
    func transactions() {
        let watch = watch(0)
        var reading = reading(waits: true, behind: [:])
        #expect(watch.blockingTransactions == nil)
        reading.blockingTransactions = [BlockingTransaction(name: "3/4")]
        _ = watch.mustCancel(reading, at: Self.now)
        #expect(watch.blockingTransactions == [BlockingTransaction(name: "3/4")])
        reading.blockingTransactions.append(nil)
        _ = watch.mustCancel(reading, at: Self.now)
        #expect(watch.blockingTransactions == nil)
    }
}
