// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A session that asks for the lock while another one holds it.
struct WaitingLock<Session: VersionStoreSession>: Sendable {
    private enum Step { case told, ended }

    private let task: Task<Void, any Error>
    private let step: Signal<Step>

    /// Begins to ask, in a task of its own.
    init(_ session: Session, timeout: Duration) {
        let step = Signal<Step>()
        self.step = step
        task = Task {
            defer { step.fire(.ended) }
            try await session.lock(LockRequest(timeout: timeout)) { event in
                if case .waitingForLock = event { step.fire(.told) }
            }
        }
    }

    /// Whether the session told that it waits; otherwise the call ended without a word.
    var isToldToWait: Bool {
        get async { await step.value == .told }
    }

    func cancel() {
        task.cancel()
    }

    /// How the call ended.
    func end() async throws {
        try await task.value
    }
}
