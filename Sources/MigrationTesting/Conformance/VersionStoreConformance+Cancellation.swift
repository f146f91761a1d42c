// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var cancellationChecks: [Check] {
        [
            Check("cancelling a session that waits for the lock ends the wait, as category cancelled") { bench in
                try await bench.withLockedSession { _ in
                    try await bench.withSession { second in try await cancelWait(of: second, on: bench) }
                }
            },
            Check("a session that was cancelled while it waited holds no lock afterwards") { bench in
                try await bench.withHeldLock { first in
                    try await bench.withSession { second in try await cancelWait(of: second, on: bench) }
                    await first.close()
                    try await bench.withLockedSession { _ in }
                }
            },
            Check("cancelling a script that runs ends it, as category cancelled, and leaves nothing") { bench in
                try await cancelApply(of: try bench.lingeringScript(mark: 1), on: bench)
                try await bench.requireState(history: [], marks: [], "after the cancellation")
            },
            Check("cancelling a batch leaves nothing of the scripts that ran before") { bench in
                try await cancelApply(of: try bench.lingeringScript(mark: 2), after: bench.marking(1), on: bench)
                try await bench.requireState(history: [], marks: [], "after the cancellation")
            },
            Check("a run that was cancelled frees the lock, and the next one works") { bench in
                try await cancelApply(of: try bench.lingeringScript(mark: 1), on: bench)
                try await bench.applyAll(bench.marking(2))
                try await bench.requireState(history: ids(2), marks: [2], "after the next run")
            },
            Check("a task that is cancelled already applies nothing") { bench in
                let batch = try await bench.batch(bench.marking(1))
                try await bench.withLockedSession { session in
                    let task = Task {
                        await cancelOneself()
                        _ = try await session.apply(batch) { _ in }
                    }
                    let deed = "applying in a task that is cancelled"
                    let error = try await bench.errorOf(deed) { try await task.value }
                    try bench.require(error, is: .cancelled, named: "cancelled", deed)
                }
                try await bench.requireState(history: [], marks: [], "after it")
            },
        ]
    }

    private static func cancelWait(of session: Bench.Session, on bench: Bench) async throws {
        let waiting = WaitingLock(session, timeout: bench.harness.patience * 2)
        try await requireWaiting(waiting, on: bench)
        waiting.cancel()
        let deed = "waiting for the lock in a task that was cancelled"
        let error = try await bench.errorOf(deed) { try await waiting.end() }
        try bench.require(error, is: .cancelled, named: "cancelled", deed)
    }

    /// Cancels a batch while its last script lingers.
    private static func cancelApply(
        of lingering: String, after source: InMemorySource = InMemorySource(), on bench: Bench
    ) async throws {
        let last = InMemoryMigration("100", lingering)
        source.add(last)
        let batch = try await bench.batch(source)
        try await bench.withLockedSession { session in
            let started = Signal<Bool>()
            let task = Task {
                defer { started.fire(false) }
                _ = try await session.apply(batch) { event in
                    if case .started(let migration) = event, migration.id == last.id { started.fire(true) }
                }
            }
            bench.now("waiting for a script to begin")
            if await started.value {
                // Gives the script time to be in the middle of its work; without it the check is weaker, not wrong.
                try await ContinuousClock().sleep(for: .milliseconds(50))
            }
            task.cancel()
            let deed = "applying a script in a task that was cancelled"
            let error = try await bench.errorOf(deed) { try await task.value }
            try bench.require(error, is: .cancelled, named: "cancelled", deed)
        }
    }
}
