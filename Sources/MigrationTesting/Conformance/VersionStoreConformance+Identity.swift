// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var identityChecks: [Check] {
        [
            Check("versions of 14, 18, 20 and 40 digits come back as they were recorded") { bench in
                try await roundTrip(
                    [
                        "20250916123000", "202509161230001234", "20250916123000123456",
                        "1234567890123456789012345678901234567890",
                    ].map { InMemoryMigration($0, bench.harness.scriptLeaving(mark: 1)) }, on: bench)
            },
            Check("versions at the limits of 32 and 64 bits come back as they were recorded") { bench in
                try await roundTrip(
                    [
                        "0", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
                        "18446744073709551615", "18446744073709551616",
                    ].map { InMemoryMigration($0, bench.harness.scriptLeaving(mark: 1)) }, on: bench)
            },
            Check("leading zeros of a version do not matter") { bench in
                let script = bench.harness.scriptLeaving(mark: 7)
                try await bench.applyAll(InMemorySource([InMemoryMigration("0007", script)]))
                try await bench.requireState(history: [MigrationID(version: 7)], marks: [7], "after 0007")
                let same = try await bench.batch(InMemorySource([InMemoryMigration("7", script)]))
                try await bench.withLockedSession { session in try await session.record(same.migrations) }
                try await bench.requireState(
                    history: [MigrationID(version: 7)], marks: [7], "after 7 was recorded beside 0007")
            },
            Check("one version may exist in several components") { bench in
                let components: [Component] = [
                    .core, "billing", "billing-2", "Billing", "a.b c", "naïve", .seed,
                    Component(String(repeating: "long", count: 25)),
                ]
                try await roundTrip(
                    components.map {
                        InMemoryMigration("1", bench.harness.scriptLeaving(mark: 1), component: $0)
                    }, on: bench)
            },
            Check("names with quotes, backslashes, other scripts and 300 characters come back unharmed") { bench in
                let names = [
                    "0001_o'brien \"quoted\" 'twice''.sql", #"0002_back\slash \n \' $1 $$ %s ? :name.sql"#,
                    "0003_naïve 漢字 🙂 e\u{301}.sql", "0004_a; DROP TABLE b; -- c.sql",
                    "0005_\(String(repeating: "long_", count: 60)).sql",
                ]
                try await roundTrip(
                    names.enumerated().map { index, name in
                        InMemoryMigration("\(index + 1)", bench.harness.scriptLeaving(mark: 1), name: name)
                    }, on: bench)
            },
        ]
    }

    /// Applies the migrations one by one and requires that the history has them as they are.
    private static func roundTrip(_ migrations: [InMemoryMigration], on bench: Bench) async throws {
        let source = InMemorySource(migrations)
        let all = try await source.migrations()
        try await bench.withLockedSession { session in
            for migration in all {
                bench.now("applying \(migration.id), named \(migration.name),")
                _ = try await session.apply(MigrationBatch([migration], from: source)) { _ in }
            }
        }
        let expected = all.sorted { $0.id < $1.id }.map { HistoryEntry(recording: $0) }
        try await requireSame(bench.history(), expected, on: bench)
    }
}
