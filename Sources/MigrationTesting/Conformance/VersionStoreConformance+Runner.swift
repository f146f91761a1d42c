// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var runnerChecks: [Check] {
        [
            Check("runners that start at once on a fresh store apply each migration once, and none fails") { bench in
                let marks = Array(1...5)
                let source = InMemorySource(
                    marks.map { InMemoryMigration("\($0)", bench.harness.scriptLeaving(mark: $0)) })
                bench.now("one of \(bench.harness.concurrentRunners) runners at once")
                let applied = try await withThrowingTaskGroup { group in
                    for _ in 0..<bench.harness.concurrentRunners {
                        let runner = try await Self.runner(source, on: bench)
                        group.addTask { try await runner.applyPending().applied.map(\.migration.id) }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let all = marks.map { MigrationID(version: MigrationVersion(UInt64($0))) }
                try await bench.requireState(history: all, marks: marks, "after all runners")
                try bench.require(applied.sorted() == all, "the runners say that they applied \(applied.sorted())")
            },
            Check("a runner with nothing to do writes nothing") { bench in
                let runner = try await runner(bench.marking(1, 2), on: bench)
                bench.now("a runner")
                try await runner.applyPending()
                let before = try await bench.fingerprint()
                let report = try await runner.applyPending()
                let after = try await bench.fingerprint()
                try bench.require(report.applied.isEmpty, "it applied \(report.applied.map(\.migration.id))")
                try bench.require(before == after, "the database was \(before) before and is \(after) after it")
            },
            Check("a runner needs no lock when there is nothing to do") { bench in
                let runner = try await runner(bench.marking(1), on: bench)
                bench.now("a runner")
                try await runner.applyPending()
                try await bench.withLockedSession { _ in
                    bench.now("a runner with nothing to do beside a session that holds the lock")
                    try await runner.applyPending()
                }
            },
            Check("an invalid script stops a run before anything is executed") { bench in
                guard let script = bench.harness.invalidScript else {
                    throw ConformanceSkip(reason: "the harness has no invalid script")
                }
                let source = bench.marking(1)
                source.add(InMemoryMigration("2", script))
                let runner = try await runner(source, on: bench)
                let error = try await bench.errorOf("a run with an invalid script") { try await runner.applyPending() }
                try bench.require((error as? MigrationError)?.code == .refused, "the run threw \(error)")
                try await bench.requireState(history: [], marks: [], "after the refusal")
            },
            Check("all migrations in one transaction leave nothing when one fails") { bench in
                let source = bench.marking(1, 2)
                source.add(InMemoryMigration("3", bench.harness.scriptFailing(afterMark: 3)))
                let runner = try await runner(source, options: RunOptions(singleTransaction: true), on: bench)
                _ = try await bench.errorOf("a run with a script that fails") { try await runner.applyPending() }
                try await bench.requireState(history: [], marks: [], "after the failure")
            },
        ]
    }

    private static func runner(
        _ source: InMemorySource, options: RunOptions = RunOptions(), on bench: Bench
    ) async throws -> MigrationRunner<InMemorySource, Harness.Store> {
        MigrationRunner(source: source, store: try await bench.store(), options: options)
    }
}
