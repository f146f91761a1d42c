// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension VersionStoreConformance {
    static var historyChecks: [Check] {
        [
            Check("the history of a store that never saw a migration is empty") { bench in
                let history = try await bench.history()
                try bench.require(history.isEmpty, "it has \(history.map(\.id))")
            },
            Check("reading the history before the lock writes nothing") { bench in
                let before = try await bench.fingerprint()
                _ = try await bench.history()
                let after = try await bench.fingerprint()
                try bench.require(before == after, "the database was \(before) before and is \(after) after it")
            },
            Check("nothing is unfinished in a fresh store") { bench in
                try await bench.withSession { session in try await requireNothingUnfinished(session, on: bench) }
            },
            Check("looking for unfinished migrations writes nothing") { bench in
                let before = try await bench.fingerprint()
                _ = try await bench.withSession { try await $0.unfinished() }
                let after = try await bench.fingerprint()
                try bench.require(before == after, "the database was \(before) before and is \(after) after it")
            },
            Check("taking the lock adds nothing to the history") { bench in
                try await bench.withLockedSession { session in
                    let history = try await session.history()
                    try bench.require(history.isEmpty, "under the lock it has \(history.map(\.id))")
                }
                try await bench.requireState(history: [], marks: [], "after the lock was held")
            },
            Check("the history can be read while another session holds the lock") { bench in
                try await bench.applyAll(bench.marking(1))
                try await bench.withLockedSession { _ in
                    try await bench.requireState(
                        history: [MigrationID(version: 1)], marks: [1], "while another session holds the lock")
                }
            },
            Check("what one session applied is in the history that every other one reads") { bench in
                let source = bench.marking(1, 2)
                try await bench.applyAll(source)
                let expected = try await source.migrations().map { HistoryEntry(recording: $0) }
                try await Self.requireSame(bench.history(), expected, on: bench)
                try await bench.withLockedSession { session in
                    try await Self.requireSame(session.history(), expected, on: bench)
                }
            },
        ]
    }

    static func requireNothingUnfinished(_ session: Bench.Session, on bench: Bench) async throws {
        bench.now("looking for unfinished migrations")
        let unfinished = try await session.unfinished()
        try bench.require(unfinished.isEmpty, "it has \(unfinished.map(\.id))")
    }

    /// Requires the same identities, checksums and declarations, and names where the store knows them.
    static func requireSame(_ found: [HistoryEntry], _ expected: [HistoryEntry], on bench: Bench) throws {
        let found = found.sorted { $0.id < $1.id }
        try bench.require(
            found.map(\.id) == expected.map(\.id),
            "the history has \(found.map(\.id)), expected was \(expected.map(\.id))")
        for (found, expected) in zip(found, expected) {
            try bench.require(
                found.checksum == expected.checksum,
                "the checksum of \(found.id) is \(found.checksum), recorded was \(expected.checksum)")
            try bench.require(
                found.name == nil || found.name == expected.name,
                "the name of \(found.id) is \(found.name ?? ""), recorded was \(expected.name ?? "")")
            try bench.require(
                found.compatibleWith == expected.compatibleWith,
                """
                \(found.id) is compatible with \(found.compatibleWith ?? "nothing older"), recorded was \
                \(expected.compatibleWith ?? "nothing older")
                """)
        }
    }
}
