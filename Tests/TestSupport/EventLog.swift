// SPDX-License-Identifier: Apache-2.0

package import MigrationCore
internal import Synchronization

/// Keeps the events of a run, and lets a test wait for one.
package final class EventLog: Sendable {
    private struct State {
        var events: [MigrationEvent] = []
        var waiting: [(condition: @Sendable (MigrationEvent) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
            []
    }

    private let state = Mutex(State())

    package init() {}

    /// Everything so far.
    package var events: [MigrationEvent] { state.withLock(\.events) }

    /// The notices of the server so far.
    package var notices: [StoreNotice] {
        events.compactMap { event in
            if case .notice(let notice) = event { notice } else { nil }
        }
    }

    /// The reports of progress so far.
    package var progress: [StoreProgress] {
        events.compactMap { event in
            if case .progress(let progress) = event { progress } else { nil }
        }
    }

    /// The holders of the lock that were told so far.
    package var holders: [LockHolder] {
        events.compactMap { event in
            if case .waitingForLock(let holder) = event { holder } else { nil }
        }
    }

    package func add(_ event: MigrationEvent) {
        let ready = state.withLock { state in
            state.events.append(event)
            let ready = state.waiting.filter { $0.condition(event) }.map(\.continuation)
            state.waiting.removeAll { $0.condition(event) }
            return ready
        }
        ready.forEach { $0.resume() }
    }

    /// Returns when an event came that fits, at once if there was one.
    package func wait(for condition: @escaping @Sendable (MigrationEvent) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.events.contains(where: condition) { return true }
                state.waiting.append((condition, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
