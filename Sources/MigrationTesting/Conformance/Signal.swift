// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Something that happens once, that others wait for, and that says what it was.
final class Signal<Value: Sendable>: Sendable {
    private enum State {
        case open([CheckedContinuation<Value, Never>])
        case fired(Value)
    }

    private let state = Mutex(State.open([]))

    /// Says that it happened. The second time changes nothing.
    func fire(_ value: Value) {
        let waiting = state.withLock { state -> [CheckedContinuation<Value, Never>] in
            guard case .open(let waiting) = state else { return [] }
            state = .fired(value)
            return waiting
        }
        waiting.forEach { $0.resume(returning: value) }
    }

    /// What happened, as soon as it did.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let fired: Value? = state.withLock { state in
                    switch state {
                    case .fired(let value): return value
                    case .open(let waiting):
                        state = .open(waiting + [continuation])
                        return nil
                    }
                }
                if let fired { continuation.resume(returning: fired) }
            }
        }
    }
}
