// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Where the start of an application is at, for a health endpoint: readable from any thread at any time.
///
/// ```swift
/// router.get("health/ready") { _, _ in
///     Response(status: readiness.isReady ? .ok : .serviceUnavailable, body: "\(readiness.report.text)")
/// }
/// ```
///
/// ## Topics
/// ### Looking
/// - ``isReady``
/// - ``state``
/// - ``report``
/// ### Waiting
/// - ``changes``
public final class MigrationReadiness: StartupObserver {
    private struct Storage {
        var state = State.notStarted
        var listeners: [Int: AsyncStream<State>.Continuation] = [:]
        var listenerCount = 0
    }

    private let storage = Mutex(Storage())

    /// Makes the readiness of a start that did not begin yet.
    public init() {}

    /// What is going on now.
    public var state: State { storage.withLock(\.state) }

    /// Whether the application may serve.
    public var isReady: Bool { state.isReady }

    /// What is going on now, for a machine, and for people who may not see everything.
    public var report: Report { Report(state) }

    /// The state now, and then each state that follows; a reader who is slower than the changes gets the newest.
    public var changes: AsyncStream<State> {
        let (stream, continuation) = AsyncStream.makeStream(of: State.self, bufferingPolicy: .bufferingNewest(1))
        let number = storage.withLock { storage in
            storage.listenerCount += 1
            storage.listeners[storage.listenerCount] = continuation
            continuation.yield(storage.state)
            return storage.listenerCount
        }
        continuation.onTermination = { [weak self] _ in
            self?.storage.withLock { storage in _ = storage.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    public func observe(_ event: StartupEvent) {
        storage.withLock { storage in
            let next = storage.state.after(event)
            guard next != storage.state else { return }
            storage.state = next
            // Under the lock, so that every listener gets the states in the order in which they came.
            for listener in storage.listeners.values { listener.yield(next) }
        }
    }

    deinit {
        storage.withLock { storage in
            for listener in storage.listeners.values { listener.finish() }
        }
    }
}
