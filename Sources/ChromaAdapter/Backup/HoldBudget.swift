// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// For how long a backup may hold writers, in all of its attempts together.
final class HoldBudget: Sendable {
    let limit: Duration
    private let total = Mutex(Duration.zero)

    init(_ limit: Duration) { self.limit = limit }

    /// For how long writers were held so far.
    var spent: Duration { total.withLock(\.self) }

    /// For how long they may be held from now on.
    var rest: Duration { max(.zero, limit - spent) }

    func spend(_ duration: Duration) { total.withLock { $0 += duration } }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
