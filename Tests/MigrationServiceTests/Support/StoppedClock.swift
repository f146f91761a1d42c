// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A clock that stands still: who sleeps wakes when a test moves it to the deadline, or is cancelled.
final class StoppedClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Storage {
        var now = Instant(offset: .zero)
        var sleepers: [(deadline: Instant, latch: Latch)] = []
        var onSleep: [Latch] = []
    }

    private let storage = Mutex(Storage())

    var now: Instant { storage.withLock(\.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// Moves the clock.
    func advance(by duration: Duration) {
        let woken = storage.withLock { storage in
            let now = storage.now.advanced(by: duration)
            storage.now = now
            let woken = storage.sleepers.filter { $0.deadline <= now }.map(\.latch)
            storage.sleepers.removeAll { $0.deadline <= now }
            return woken
        }
        woken.forEach { $0.open() }
    }

    /// Waits until somebody sleeps.
    func hasSleeper() async throws {
        let latch = Latch()
        let isThere = storage.withLock { storage in
            if storage.sleepers.isEmpty { storage.onSleep.append(latch) }
            return !storage.sleepers.isEmpty
        }
        if !isThere { try await latch.wait() }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let latch = Latch()
        let told = storage.withLock { storage in
            guard deadline > storage.now else { return [latch] }
            storage.sleepers.append((deadline, latch))
            defer { storage.onSleep = [] }
            return storage.onSleep
        }
        told.forEach { $0.open() }
        try await latch.wait()
    }
}
