// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
import MigrationTesting

extension MigrationID: ExpressibleByStringLiteral {
    /// `3` or `billing:3`, so that tables of cases stay readable.
    public init(stringLiteral value: String) {
        guard let id = MigrationID(value) else { preconditionFailure("not an identity: \(value)") }
        self = id
    }
}

extension InMemoryMigration {
    /// A migration whose script names it, and whose file is called `0003_x.sql`.
    static func sample(
        _ id: MigrationID, needs dependencies: [MigrationID] = [], script: String? = nil
    ) -> InMemoryMigration {
        let digits = id.version.description
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return InMemoryMigration(
            padded, script ?? "\(id)", component: id.component, name: "\(padded)_x.sql", dependsOn: dependencies)
    }
}

extension Migration {
    static func sample(_ id: MigrationID, needs dependencies: [MigrationID] = [], script: String? = nil) -> Migration {
        InMemoryMigration.sample(id, needs: dependencies, script: script).migration
    }
}

extension HistoryEntry {
    /// The entry of a sample; with a script, of one that was something else when it was applied.
    static func sample(
        _ id: MigrationID, script: String? = nil, appliedAt: String? = nil, compatibleWith: String? = nil
    ) -> HistoryEntry {
        var entry = HistoryEntry(recording: .sample(id, script: script), appliedAt: appliedAt)
        entry.compatibleWith = compatibleWith
        return entry
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
