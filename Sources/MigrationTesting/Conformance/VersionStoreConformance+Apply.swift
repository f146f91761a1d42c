// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var applyChecks: [Check] {
        [
            Check("applying a migration executes its script and records it") { bench in
                try await bench.applyAll(bench.marking(1))
                try await bench.requireState(history: [MigrationID(version: 1)], marks: [1], "after it")
            },
            Check("a batch is executed in the order in which it is given") { bench in
                try await bench.applyAll(bench.marking(3, 1, 4, 2))
                try await bench.requireState(history: ids(1, 2, 3, 4), marks: [3, 1, 4, 2], "after it")
            },
            Check("several batches can be applied under one lock") { bench in
                let source = bench.marking(1, 2, 3)
                let all = try await source.migrations()
                try await bench.withLockedSession { session in
                    for migration in all {
                        _ = try await session.apply(MigrationBatch([migration], from: source)) { _ in }
                    }
                }
                try await bench.requireState(history: ids(1, 2, 3), marks: [1, 2, 3], "after the third")
            },
            Check("apply returns what it applied, in order, with durations that are not negative") { bench in
                let batch = try await bench.batch(bench.marking(2, 1))
                let applied = try await bench.withLockedSession { try await $0.apply(batch) { _ in } }
                try bench.require(
                    applied.map(\.migration) == batch.migrations,
                    "it returned \(applied.map(\.migration.id)) for a batch of \(batch.migrations.map(\.id))")
                try bench.require(
                    applied.allSatisfy { $0.duration >= .zero }, "the durations are \(applied.map(\.duration))")
            },
            Check("apply tells of each migration that it begins and that it ran, in order") { bench in
                let batch = try await bench.batch(bench.marking(2, 1))
                let log = EventLog()
                let applied = try await bench.withLockedSession { try await $0.apply(batch, observe: log.observe) }
                let expected = applied.flatMap { [StoreEvent.started($0.migration), .executed($0)] }
                let told = log.events.filter { event in
                    switch event {
                    case .started, .executed: true
                    case .waitingForLock, .notice, .progress, .progressEnded, .retrying: false
                    }
                }
                try bench.require(
                    told == expected,
                    "it told \(EventLog.describe(told)); expected was \(EventLog.describe(expected))")
            },
            Check("a migration that is applied cannot be applied again") { bench in
                let source = bench.marking(1)
                try await bench.applyAll(source)
                _ = try await bench.errorOf("applying a migration again in another session") {
                    try await bench.applyAll(source)
                }
                try await bench.requireState(history: ids(1), marks: [1], "after the second attempt")
            },
            Check("a script is looked at without being executed") { bench in
                let source = bench.marking(1)
                let store = try await bench.store()
                for migration in try await source.migrations() {
                    _ = try await store.executionMode(of: migration, script: source.script(for: migration))
                }
                try await bench.requireState(history: [], marks: [], "after its mode was asked for")
            },
            Check("a session that is asked how a script will run executes nothing") { bench in
                let source = bench.marking(1)
                try await bench.withSession { session in
                    _ = try await session.history()
                    for migration in try await source.migrations() {
                        _ = try await session.executionMode(of: migration, script: source.script(for: migration))
                    }
                }
                try await bench.requireState(history: [], marks: [], "after the session was asked for its mode")
            },
            Check("a session that refuses an invalid script names the category invalid script") { bench in
                guard let script = bench.harness.invalidScript else {
                    throw ConformanceSkip(reason: "the harness has no invalid script")
                }
                let migration = InMemoryMigration("1", script).migration
                try await bench.withSession { session in
                    _ = try await session.history()
                    do {
                        _ = try await session.executionMode(of: migration, script: MigrationScript(script))
                    } catch {
                        let category = (error as? any VersionStoreError)?.category
                        try bench.require(category == .invalidScript, "it threw \(error)")
                    }
                }
            },
            Check("an invalid script is refused by its text") { bench in
                guard let script = bench.harness.invalidScript else {
                    throw ConformanceSkip(reason: "the harness has no invalid script")
                }
                let migration = InMemoryMigration("1", script).migration
                let store = try await bench.store()
                _ = try await bench.errorOf("asking for the mode of an invalid script") {
                    try store.executionMode(of: migration, script: MigrationScript(script))
                }
            },
        ]
    }

    /// Identities of the component `core`.
    static func ids(_ versions: UInt64...) -> [MigrationID] {
        versions.map { MigrationID(version: MigrationVersion($0)) }
    }
}
