// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Who holds the lock of an ``InMemoryDatabase``, and who waits for it, first come, first served.
struct InMemoryLockQueue {
    struct Waiter {
        var number: Int
        var session: Int
        var observe: @Sendable (StoreEvent) -> Void
        var continuation: CheckedContinuation<Void, any Error>
    }

    var holder: Int?
    private var waiters: [Waiter] = []
    private var waiterCount = 0

    mutating func nextWaiter() -> Int {
        waiterCount += 1
        return waiterCount
    }

    mutating func add(_ waiter: Waiter) {
        // The lock may have become free between the look at it and this moment.
        guard holder != nil else {
            holder = waiter.session
            return waiter.continuation.resume()
        }
        waiters.append(waiter)
    }

    /// Passes the lock on to the session that waits longest.
    mutating func release(_ session: Int) {
        guard holder == session else { return }
        holder = nil
        guard !waiters.isEmpty else { return }
        let next = waiters.removeFirst()
        holder = next.session
        next.continuation.resume()
        for waiter in waiters {
            waiter.observe(.waitingForLock(holder: Self.describe(next.session)))
        }
    }

    mutating func endWait(_ number: Int, with error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }

    mutating func endWaits(of session: Int, with error: any Error) {
        for waiter in waiters where waiter.session == session {
            endWait(waiter.number, with: error)
        }
    }

    static func describe(_ session: Int) -> LockHolder {
        LockHolder(description: "session \(session)")
    }
}
