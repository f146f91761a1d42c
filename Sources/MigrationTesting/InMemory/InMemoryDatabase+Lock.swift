// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension InMemoryDatabase {
    /// Takes the lock for a session, or waits for its turn until the deadline or the cancellation of its task.
    func lock(
        _ session: Int, timeout: Duration, clock: any Clock<Duration>, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws {
        try begin(.lock, session)
        try Task.checkCancellation()
        try pass(.lock)
        guard let holder = locking.holder else {
            locking.holder = session
            return
        }
        observe(.waitingForLock(holder: InMemoryLockQueue.describe(holder)))
        let expired = InMemoryStoreError(.lockTimeout, "the lock was not free within \(timeout)")
        guard timeout > .zero else { throw expired }

        let number = locking.nextWaiter()
        let alarm = Task {
            guard (try? await clock.sleep(for: timeout)) != nil else { return }
            endWait(number, with: expired)
        }
        defer { alarm.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // A cancellation that came before this moment finds no waiter to end.
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                locking.add(
                    InMemoryLockQueue.Waiter(
                        number: number, session: session, observe: observe, continuation: continuation))
            }
        } onCancel: {
            Task { await self.endWait(number, with: CancellationError()) }
        }
    }

    /// Takes the lock away from the session that holds it.
    func loseLock() {
        guard let holder = locking.holder else { return }
        locking.release(holder)
    }

    private func endWait(_ number: Int, with error: any Error) {
        locking.endWait(number, with: error)
    }
}
