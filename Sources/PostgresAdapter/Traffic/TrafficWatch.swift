// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Decides, from what a second session sees, whether the statement of a run has to give way to other sessions.
///
/// The session of the run arms it for what can be undone and tried again; the second session feeds it.
final class TrafficWatch: Sendable {
    private struct State {
        var isArmed = false
        var lockTimeout: Duration?
        var queueLimit: QueueLimit?
        /// Since when our statement has been waiting for a lock, and others for ours, as far as we saw.
        var waitingSince: ContinuousClock.Instant?
        var queue: [TrafficReading.Waiting: ContinuousClock.Instant] = [:]
        var blockers: [LockHolder] = []
        var blockingTransactions: [BlockingTransaction?] = []
        var reason: String?
        var isBusy = false
        var heldUp: Duration?
    }

    /// The server's own limit comes first where it holds; it does not where a script changed the setting unseen.
    private static let grace = Duration.milliseconds(500)

    private let state = Mutex(State())

    /// Why it told to cancel the statement, since it was armed.
    var reason: String? { state.withLock(\.reason) }

    /// Who blocked the statement when it waited last, since it was armed.
    var blockers: [LockHolder] { state.withLock(\.blockers) }

    /// The transactions of all of these; `nil` when not all are known.
    var blockingTransactions: [BlockingTransaction]? {
        let transactions = state.withLock(\.blockingTransactions)
        let known = transactions.compactMap(\.self)
        return known.isEmpty || known.count < transactions.count ? nil : known
    }

    /// Whether the statement that it told to cancel was at work, and did not itself wait for a lock.
    var wasBusy: Bool { state.withLock { $0.reason != nil && $0.isBusy } }

    /// For how long another session has waited for the statement at most, since it was armed; `nil` when nobody looked.
    var heldUp: Duration? { state.withLock(\.heldUp) }

    /// Whether there is something to watch.
    var isArmed: Bool { state.withLock(\.isArmed) }

    /// Begins to watch.
    func arm(lockTimeout: Duration?, queueLimit: QueueLimit?) {
        state.withLock { $0 = State(isArmed: true, lockTimeout: lockTimeout, queueLimit: queueLimit) }
    }

    /// Lets what runs now run.
    func disarm() {
        state.withLock { $0.isArmed = false }
    }

    /// Takes what was seen; true when the statement has to be cancelled.
    func mustCancel(_ reading: TrafficReading, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            state.waitingSince = reading.isWaiting ? state.waitingSince ?? now : nil
            state.queue = reading.behind.reduce(into: [:]) {
                $0[$1.key] = min(state.queue[$1.key] ?? now, now - $1.value)
            }
            if reading.isWaiting {
                state.blockers = reading.blockers.map(\.holder)
                state.blockingTransactions = reading.blockingTransactions
            }
            guard state.isArmed else { return false }
            let longest = state.queue.values.map { now - $0 }.max() ?? .zero
            state.heldUp = max(state.heldUp ?? .zero, longest)
            state.isBusy = !reading.isWaiting
            if let limit = state.lockTimeout, let since = state.waitingSince, now - since > limit + Self.grace {
                state.reason = "a lock was not free within \(limit)"
            }
            if let limit = state.queueLimit {
                let patient = state.queue.values.count { now - $0 > limit.duration }
                if patient > limit.sessions {
                    let who = patient == 1 ? "1 session" : "\(patient) sessions"
                    let what = reading.isWaiting ? "" : " while it was at work"
                    state.reason = "\(who) waited for it for longer than \(limit.duration)\(what)"
                }
            }
            return state.reason != nil
        }
    }
}
