// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Measures how long a run waited for the lock: from the first word of its holder to whatever comes after.
final class LockWaitMeter: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let start = Mutex<Duration?>(nil)

    init(clock: some Clock<Duration>) {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
    }

    /// Takes an event of the run.
    ///
    /// - Returns: How long the wait was that this event ends.
    func note(_ event: MigrationEvent) -> Duration? {
        guard case .waitingForLock = event else { return end() }
        let now = elapsed()
        start.withLock { start in
            // The holder may change while we wait.
            if start == nil { start = now }
        }
        return nil
    }

    /// Ends the wait, if there is one.
    func end() -> Duration? {
        start.withLock { start in
            defer { start = nil }
            return start.map { elapsed() - $0 }
        }
    }
}
