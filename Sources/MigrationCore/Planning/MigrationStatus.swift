// SPDX-License-Identifier: Apache-2.0

/// One migration that the source or the history knows, and its state.
public struct MigrationStatus: Hashable, Sendable, Identifiable {
    /// Component and version.
    public var id: MigrationID
    /// The state.
    public var state: MigrationState
    /// The migration, where the source has it.
    public var migration: Migration?
    /// The history's entry, where there is one.
    public var entry: HistoryEntry?
    /// How far the migration got, if it is incomplete.
    public var progress: UnfinishedMigration?
    /// Whether this build can work with the schema after the migration, if that is ahead of it.
    public var compatibility: BuildCompatibility?
    /// Whether the migration takes part in runs with these options: seed data does only when it is asked for.
    public var takesPart: Bool

    /// Makes a status.
    public init(
        id: MigrationID, state: MigrationState, migration: Migration?, entry: HistoryEntry?,
        progress: UnfinishedMigration? = nil, compatibility: BuildCompatibility? = nil, takesPart: Bool = true
    ) {
        self.id = id
        self.state = state
        self.migration = migration
        self.entry = entry
        self.progress = progress
        self.compatibility = compatibility
        self.takesPart = takesPart
    }

    /// The file's path, or the name that the history recorded, or the identity.
    public var name: String {
        if let migration { return migration.path }
        guard let recorded = entry?.name, !recorded.isEmpty else { return id.description }
        return id.component == .core ? recorded : "\(id.component)/\(recorded)"
    }

    /// The state in words: `INCOMPLETE (3 of 7 statements)`.
    public var label: String {
        progress.map { "\(state.label) (\($0.done) of \($0.total) statements)" } ?? state.label
    }

    /// The version as its author wrote it, as far as that is known.
    public var versionText: String {
        if let migration { return migration.versionText }
        let digits = String((entry?.name ?? "").prefix { $0.isASCII && $0.isNumber })
        return MigrationVersion(digits) == id.version ? digits : id.version.description
    }
}
