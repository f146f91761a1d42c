// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var lockReleaseChecks: [Check] {
        [
            Check("closing a session frees the lock") { bench in
                try await bench.withLockedSession { _ in }
                try await bench.withLockedSession { _ in }
            },
            Check("closing a session after a failed script frees the lock") { bench in
                let source = InMemorySource([InMemoryMigration("1", bench.harness.scriptFailing(afterMark: 1))])
                let batch = try await bench.batch(source)
                try await bench.withLockedSession { session in
                    _ = try await bench.errorOf("applying a script that fails") {
                        try await session.apply(batch) { _ in }
                    }
                }
                try await bench.withLockedSession { _ in }
            },
            Check("closing a session in a task that was cancelled frees the lock") { bench in
                let session = try await bench.store().openSession()
                let held = HeldLock(session)
                let task = Task {
                    defer { bench.now("closing a session in a task that was cancelled") }
                    try await bench.lock(session)
                }
                _ = await task.result
                let closing = Task {
                    await Self.cancelOneself()
                    await held.close()
                }
                await closing.value
                try await task.value
                try await bench.withLockedSession { _ in }
            },
            Check("closing a session that waited in vain leaves the lock where it is") { bench in
                try await bench.withLockedSession { _ in
                    try await bench.withSession { second in
                        _ = try await bench.errorOf("taking a lock that is held, with a deadline of zero,") {
                            try await second.lock(LockRequest(timeout: .zero)) { _ in }
                        }
                    }
                    try await bench.withSession { third in
                        _ = try await bench.errorOf("taking a lock that is held after another one gave up waiting") {
                            try await third.lock(LockRequest(timeout: .zero)) { _ in }
                        }
                    }
                }
            },
            Check("a crash of the session that holds the lock frees it") { bench in
                try await requireHandover(on: bench) { first in try await bench.crash(first.session) }
            },
            Check("a crash while a script runs leaves neither effect nor history nor lock") { bench in
                let source = InMemorySource([InMemoryMigration("1", try bench.lingeringScript(mark: 1))])
                let batch = try await bench.batch(source)
                try await bench.withLockedSession { session in
                    let started = Signal<Void>()
                    let running = Task {
                        defer { started.fire(()) }
                        return try await session.apply(batch) { event in
                            if case .started = event { started.fire(()) }
                        }
                    }
                    await started.value
                    // What a call says whose connection is gone is not a rule; the task is ended for the in-memory kind.
                    defer { running.cancel() }
                    try await bench.crash(session)
                }
                try await bench.withLockedSession { _ in }
                try await bench.requireState(history: [], marks: [], "after the crash")
            },
            Check("closing a session that crashed returns") { bench in
                try await bench.withLockedSession { session in
                    try await bench.crash(session)
                    bench.now("closing a session that crashed")
                }
            },
        ]
    }

    /// Cancels the task that calls.
    static func cancelOneself() async {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
    }
}
