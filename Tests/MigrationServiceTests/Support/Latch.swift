// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Holds whoever waits, until it is opened once and for all or their task is cancelled.
final class Latch: Sendable {
    private struct Storage {
        var isOpen = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let storage = Mutex(Storage())

    func open() {
        let waiting = storage.withLock { storage in
            storage.isOpen = true
            defer { storage.waiting = [] }
            return storage.waiting
        }
        waiting.forEach { $0.finish() }
    }

    func wait() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isOpen = storage.withLock { storage in
            if !storage.isOpen { storage.waiting.append(continuation) }
            return storage.isOpen
        }
        if isOpen { return }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
