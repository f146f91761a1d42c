// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var recordChecks: [Check] {
        [
            Check("recording writes the history and executes nothing") { bench in
                let migrations = try await bench.marking(1, 2).migrations()
                try await record(migrations, on: bench)
                try await bench.requireState(history: ids(1, 2), marks: [], "after it")
                try await requireSame(bench.history(), migrations.map { HistoryEntry(recording: $0) }, on: bench)
            },
            Check("recording gives an entry that exists the new checksum") { bench in
                let source = bench.marking(1, 2)
                try await bench.applyAll(source)
                source.replace(MigrationID(version: 1), with: bench.harness.scriptLeaving(mark: 3))
                let migrations = try await source.migrations()
                try await record([migrations[0]], on: bench)
                try await bench.requireState(history: ids(1, 2), marks: [1, 2], "after it")
                try await requireSame(bench.history(), migrations.map { HistoryEntry(recording: $0) }, on: bench)
            },
            Check("what is recorded in one component leaves the others alone") { bench in
                let script = bench.harness.scriptLeaving(mark: 1)
                let core = InMemoryMigration("1", script)
                let billing = InMemoryMigration("1", script + " ", component: "billing")
                try await record([core.migration], on: bench)
                try await record([billing.migration], on: bench)
                let expected = [core, billing].map { HistoryEntry(recording: $0.migration) }
                try await requireSame(bench.history(), expected, on: bench)
            },
            Check("recording and applying go on under one lock") { bench in
                let source = bench.marking(1, 2)
                let all = try await source.migrations()
                try await bench.withLockedSession { session in
                    try await session.record([all[0]])
                    _ = try await session.apply(MigrationBatch([all[1]], from: source)) { _ in }
                }
                try await bench.requireState(history: ids(1, 2), marks: [2], "after both")
            },
        ]
    }

    private static func record(_ migrations: [Migration], on bench: Bench) async throws {
        try await bench.withLockedSession { session in
            bench.now("recording \(migrations.map(\.id))")
            try await session.record(migrations)
        }
    }
}
