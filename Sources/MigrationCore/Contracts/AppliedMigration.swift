// SPDX-License-Identifier: Apache-2.0

/// A migration that a run applied.
public struct AppliedMigration: Hashable, Sendable {
    /// The migration.
    public var migration: Migration
    /// How long its execution took, as its store measured it.
    public var duration: Duration

    /// Makes an entry of a report.
    public init(migration: Migration, duration: Duration) {
        self.migration = migration
        self.duration = duration
    }
}
