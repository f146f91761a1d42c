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
    /// The oldest build that can work with the schema, as the migration declared it and the store recorded it: `core:12`;
    /// `nil`: nothing was declared.
    ///
    /// A text, because a history can hold anything: what is no identity stays readable to people.
    public var compatibleWith: String?

    /// Makes an entry.
    public init(
        id: MigrationID, checksum: Checksum, name: String? = nil, appliedAt: String? = nil,
        compatibleWith: String? = nil
    ) {
        self.id = id
        self.checksum = checksum
        self.name = name
        self.appliedAt = appliedAt
        self.compatibleWith = compatibleWith
    }

    /// The entry that a store records for a migration.
    public init(recording migration: Migration, appliedAt: String? = nil) {
        self.init(
            id: migration.id, checksum: migration.checksum, name: migration.name, appliedAt: appliedAt,
            compatibleWith: migration.directives.compatibleWith?.description)
    }
}
