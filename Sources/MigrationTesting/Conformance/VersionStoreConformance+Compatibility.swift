// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What an older build has to find in the history of a newer one.
extension VersionStoreConformance {
    static var compatibilityChecks: [Check] {
        [
            Check("what migrations declare of older builds comes back, and nothing where they declare nothing") {
                bench in
                let source = source(on: bench, nil, "core:1", nil, "billing:20250916123000123456", "a.b c:0", "core:6")
                let all = try await source.migrations()
                try await bench.withLockedSession { session in
                    for part in [all[0...0], all[1...1], all[2...4], all[5...5]] {
                        bench.now("applying \(part.map(\.id))")
                        _ = try await session.apply(MigrationBatch(Array(part), from: source)) { _ in }
                    }
                }
                try await requireSame(bench.history(), all.map { HistoryEntry(recording: $0) }, on: bench)
            },
            Check("recording replaces what an entry has of older builds") { bench in
                let before = source(on: bench, nil, "core:1", "core:1", nil)
                let after = try await source(on: bench, "core:1", nil, "core:2", nil).migrations()
                try await bench.applyAll(before)
                try await bench.withLockedSession { session in
                    for migrations in [Array(after[0...1]), [after[2]], [after[3]]] {
                        bench.now("recording \(migrations.map(\.id))")
                        try await session.record(migrations)
                    }
                }
                try await requireSame(bench.history(), after.map { HistoryEntry(recording: $0) }, on: bench)
            },
            Check("recording keeps what migrations declare of older builds") { bench in
                let migrations = try await source(on: bench, "core:1", nil, "billing:7").migrations()
                try await bench.withLockedSession { session in try await session.record(migrations) }
                try await requireSame(bench.history(), migrations.map { HistoryEntry(recording: $0) }, on: bench)
            },
        ]
    }

    /// Migrations, numbered from 1, that declare these builds.
    private static func source(on bench: Bench, _ builds: String?...) -> InMemorySource {
        InMemorySource(
            builds.enumerated().map { index, build in
                InMemoryMigration(
                    "\(index + 1)", bench.harness.scriptLeaving(mark: index + 1),
                    directives: Migration.Directives(compatibleWith: build.flatMap { MigrationID($0) }))
            })
    }
}
