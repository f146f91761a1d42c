// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycle
import ServiceLifecycle
import Synchronization

/// A service that runs until it is told to end, and remembers how it was told.
final class WitnessedService: Service, CustomStringConvertible {
    enum End { case shutDown, cancelled, failed, finished }

    struct Failure: Error {}

    private struct Storage {
        var hasStarted = false
        var told: End?
        var end: End?
        var endNumber = 0
    }

    private static let ends = Atomic(0)

    let started = Latch()
    private let ended = Latch()
    private let storage = Mutex(Storage())

    var description: String { "WitnessedService" }
    var hasStarted: Bool { storage.withLock(\.hasStarted) }
    var end: End? { storage.withLock(\.end) }
    /// Which of all services it was that ended.
    var endNumber: Int { storage.withLock(\.endNumber) }

    func fail() { tell(.failed) }
    func finish() { tell(.finished) }

    private func tell(_ end: End) {
        storage.withLock { if $0.told == nil { $0.told = end } }
        ended.open()
    }

    func run() async throws {
        storage.withLock { $0.hasStarted = true }
        started.open()
        await withGracefulShutdownHandler {
            // A cancellation ends the wait as well, and then nobody told anything.
            try? await ended.wait()
        } onGracefulShutdown: {
            self.tell(.shutDown)
        }
        let end = storage.withLock { storage in
            let end = storage.told ?? .cancelled
            storage.end = end
            storage.endNumber = Self.ends.add(1, ordering: .relaxed).newValue
            return end
        }
        if end == .failed { throw Failure() }
    }
}
#endif
