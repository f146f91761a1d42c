// SPDX-License-Identifier: Apache-2.0

/// One row of the history: a migration that is applied.
public struct HistoryEntry: Hashable, Sendable {
    /// Component and version.
    public var id: MigrationID
    /// The checksum that was recorded.
    public var checksum: Checksum
    /// The name of the file that was applied, where the store knows it.
    public var name: String?
    /// When it was applied, as the store writes times; for people, never compared.
    public var appliedAt: String?

    /// Makes an entry.
    public init(id: MigrationID, checksum: Checksum, name: String? = nil, appliedAt: String? = nil) {
        self.id = id
        self.checksum = checksum
        self.name = name
        self.appliedAt = appliedAt
    }

    /// The entry that a store records for a migration.
    public init(recording migration: Migration, appliedAt: String? = nil) {
        self.init(id: migration.id, checksum: migration.checksum, name: migration.name, appliedAt: appliedAt)
    }
}
