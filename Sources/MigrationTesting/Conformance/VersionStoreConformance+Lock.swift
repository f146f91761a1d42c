// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var lockChecks: [Check] {
        [
            Check("the lock that another session holds is not given within the deadline, as category lockTimeout") {
                bench in
                try await bench.withLockedSession { _ in
                    try await bench.withSession { second in
                        try await requireTimeout(of: second, after: .milliseconds(200), on: bench)
                    }
                }
            },
            Check("a deadline of zero asks once") { bench in
                // The free one first: a server may need a moment to free a lock whose session was closed.
                try await bench.withSession { session in
                    bench.now("taking a lock that is free with a deadline of zero")
                    try await session.lock(LockRequest(timeout: .zero)) { _ in }
                    try await bench.withSession { second in
                        try await requireTimeout(of: second, after: .zero, on: bench)
                    }
                }
            },
            Check("a missed deadline leaves the store usable") { bench in
                let batch = try await bench.batch(bench.marking(1))
                try await bench.withLockedSession { first in
                    try await bench.withSession { second in
                        try await requireTimeout(of: second, after: .milliseconds(50), on: bench)
                    }
                    _ = try await first.apply(batch) { _ in }
                }
                try await bench.applyAll(bench.marking(2))
                try await bench.requireState(history: ids(1, 2), marks: [1, 2], "after both sessions")
            },
            Check("a session that waits for the lock tells so, and gets it when the other one closes") { bench in
                try await requireHandover(on: bench) { first in await first.close() }
            },
            Check("a lock that is free is taken without a word") { bench in
                let log = EventLog()
                try await bench.withSession { session in
                    bench.now("taking the lock, which is free,")
                    try await session.lock(LockRequest(timeout: bench.harness.patience), observe: log.observe)
                }
                try bench.require(log.events.isEmpty, "it told \(EventLog.describe(log.events))")
            },
            Check("the session that gets the lock after another one sees what that one applied") { bench in
                let batch = try await bench.batch(bench.marking(1))
                let seen = try await requireHandover(on: bench) { first in
                    _ = try await first.session.apply(batch) { _ in }
                    await first.close()
                }
                try bench.require(seen == ids(1), "it sees \(seen)")
            },
        ]
    }

    /// Lets a second session wait for a lock that the body has the first one give up; what the second one then sees.
    @discardableResult
    static func requireHandover(
        on bench: Bench, _ body: @Sendable (HeldLock<Bench.Session>) async throws -> Void
    ) async throws -> [MigrationID] {
        try await bench.withHeldLock { first in
            try await bench.withSession { second in
                _ = try await second.history()
                let waiting = WaitingLock(second, timeout: bench.harness.patience * 2)
                try await requireWaiting(waiting, on: bench)
                bench.now("working while another session waits for the lock")
                try await body(first)
                bench.now("waiting for a lock that its holder gave up")
                try await waiting.end()
                return try await second.history().map(\.id)
            }
        }
    }

    private static func requireTimeout(of session: Bench.Session, after limit: Duration, on bench: Bench) async throws {
        let deed = "taking a lock that is held, with a deadline of \(limit),"
        let error = try await bench.errorOf(deed) {
            try await session.lock(LockRequest(timeout: limit)) { _ in }
        }
        try bench.require(error, is: .lockTimeout, named: "lockTimeout", deed)
    }

    static func requireWaiting(_ waiting: WaitingLock<Bench.Session>, on bench: Bench) async throws {
        bench.now("waiting to be told that the lock is waited for")
        if await waiting.isToldToWait { return }
        bench.now("asking for a lock that another session holds")
        try await waiting.end()
        throw BrokenRule(message: "a second session got the lock, although the first one holds it")
    }
}
