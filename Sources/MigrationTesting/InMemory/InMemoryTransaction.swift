// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a batch leaves in an ``InMemoryVersionStore``, kept apart until the whole batch is done.
public final class InMemoryTransaction: Sendable {
    private let pending: Mutex<[String]>

    /// Makes one that nothing was left in yet, for a test of an execution alone.
    public init() {
        pending = Mutex([])
    }

    /// Leaves an effect: a line that ``InMemoryVersionStore/effects`` shows as soon as the batch took effect.
    public func leave(_ effect: String) {
        pending.withLock { $0.append(effect) }
    }

    /// What was left up to now.
    public var effects: [String] { pending.withLock(\.self) }
}
