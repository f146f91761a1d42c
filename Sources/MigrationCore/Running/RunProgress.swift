// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts the migrations of a run while a session tells about them.
final class RunProgress: Sendable {
    private struct State {
        var started = 0
        /// How many were started before the batch that is executed.
        var startedBefore = 0
        var current: Migration?
        /// What was executed of the batch.
        var executed: [AppliedMigration] = []
    }

    private let total: Int
    private let observe: @Sendable (MigrationEvent) -> Void
    private let state = Mutex(State())

    init(total: Int, observe: @escaping @Sendable (MigrationEvent) -> Void) {
        self.total = total
        self.observe = observe
    }

    /// The migration that was started last.
    var current: Migration? { state.withLock(\.current) }

    /// What was executed of the batch, of which nothing may be in effect yet.
    var executed: [AppliedMigration] { state.withLock(\.executed) }

    /// A batch begins.
    func beginBatch() {
        state.withLock { state in
            state.startedBefore = state.started
            state.executed = []
        }
    }

    /// Passes an event of the session on, with its place in the run.
    @Sendable func handle(_ event: StoreEvent) {
        switch event {
        case .waitingForLock(let holder): observe(.waitingForLock(holder: holder))
        case .notice(let notice): observe(.notice(notice))
        case .progress(let progress): observe(.progress(progress))
        case .progressEnded: observe(.progressEnded)
        case .retrying(let retry):
            state.withLock { state in
                state.started = state.startedBefore
                state.executed = []
            }
            observe(.retrying(retry))
        case .started(let migration):
            let index = state.withLock { state in
                state.started += 1
                state.current = migration
                return state.started
            }
            observe(.started(migration, index: index, total: total))
        case .executed(let applied):
            let index = state.withLock { state in
                state.executed.append(applied)
                return state.started
            }
            observe(.executed(applied, index: index, total: total))
        }
    }
}
