// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var atomicityChecks: [Check] {
        [
            Check("a script that fails leaves neither effect nor history") { bench in
                let script = bench.harness.scriptFailing(afterMark: 1)
                try await requireFailure(of: InMemorySource([InMemoryMigration("1", script)]), on: bench)
                try await bench.requireState(history: [], marks: [], "after the failure")
            },
            Check("a script that fails and is undone is not unfinished") { bench in
                let script = bench.harness.scriptFailing(afterMark: 1)
                try await requireFailure(of: InMemorySource([InMemoryMigration("1", script)]), on: bench)
                try await bench.withSession { session in try await requireNothingUnfinished(session, on: bench) }
            },
            Check("a batch whose last script fails leaves nothing of the whole batch") { bench in
                let source = bench.marking(1, 2)
                source.add(InMemoryMigration("3", bench.harness.scriptFailing(afterMark: 3)))
                try await requireFailure(of: source, on: bench)
                try await bench.requireState(history: [], marks: [], "after the failure")
            },
            Check("a batch whose first script fails does not execute the others") { bench in
                let source = InMemorySource([
                    InMemoryMigration("1", bench.harness.scriptFailing(afterMark: 1)),
                    InMemoryMigration("2", bench.harness.scriptLeaving(mark: 2)),
                ])
                try await requireFailure(of: source, on: bench)
                try await bench.requireState(history: [], marks: [], "after the failure")
            },
            Check("what was applied before a failure stays") { bench in
                let good = bench.marking(1)
                let bad = InMemorySource([InMemoryMigration("2", bench.harness.scriptFailing(afterMark: 2))])
                let batches = try await [bench.batch(good), bench.batch(bad)]
                try await bench.withLockedSession { session in
                    _ = try await session.apply(batches[0]) { _ in }
                    _ = try await bench.errorOf("applying a script that fails") {
                        try await session.apply(batches[1]) { _ in }
                    }
                }
                try await bench.requireState(history: ids(1), marks: [1], "after the failure")
            },
            Check("a migration that failed can be applied when it is corrected") { bench in
                let source = InMemorySource([InMemoryMigration("1", bench.harness.scriptFailing(afterMark: 1))])
                try await requireFailure(of: source, on: bench)
                source.replace(MigrationID(version: 1), with: bench.harness.scriptLeaving(mark: 2))
                try await bench.applyAll(source)
                try await bench.requireState(history: ids(1), marks: [2], "after the correction")
            },
            Check("a script that changed since it was planned stops its batch with ScriptChangedError") { bench in
                let source = bench.marking(1, 2)
                let planned = try await bench.batch(source)
                source.replace(MigrationID(version: 2), with: bench.harness.scriptLeaving(mark: 3))
                try await bench.withLockedSession { session in
                    let error = try await bench.errorOf("applying a script that changed") {
                        try await session.apply(planned) { _ in }
                    }
                    try bench.require(error is ScriptChangedError, "it threw \(error)")
                }
                try await bench.requireState(history: [], marks: [], "after a script had changed")
            },
        ]
    }

    private static func requireFailure(of source: InMemorySource, on bench: Bench) async throws {
        let batch = try await bench.batch(source)
        try await bench.withLockedSession { session in
            _ = try await bench.errorOf("applying a batch with a script that fails") {
                try await session.apply(batch) { _ in }
            }
            bench.now("closing a session after a failure")
        }
    }
}
