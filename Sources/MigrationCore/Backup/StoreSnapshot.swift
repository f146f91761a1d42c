// SPDX-License-Identifier: Apache-2.0

/// What a target saved, for the metadata of a set. Holds no secret.
public struct StoreSnapshot: Hashable, Sendable {
    /// The version of the store's server, as it names it: `15.18`.
    public var serverVersion: String?
    /// The instant that the backup shows, in UTC as RFC 3339 writes it, by the store's own clock where it tells.
    public var takenAt: String?
    /// Whether everything is of that one instant.
    public var consistency: Consistency
    /// The newest migration of each component, from a store that keeps a history.
    public var schemaVersions: [MigrationID]
    /// What restoring and proving it need, and what people want to know: counts, digests, settings. Documented by the target.
    public var details: [String: BackupValue]
    /// What people should know: something was left out, or is not as it should be.
    public var warnings: [String]
    /// How to restore it with the store's own tools alone, in Markdown, for the set's `RESTORE.md`. Paths are relative to the set.
    public var instructions: String

    /// Makes a snapshot's description.
    public init(
        serverVersion: String? = nil, takenAt: String? = nil, consistency: Consistency = .instant,
        schemaVersions: [MigrationID] = [], details: [String: BackupValue] = [:], warnings: [String] = [],
        instructions: String = ""
    ) {
        self.serverVersion = serverVersion
        self.takenAt = takenAt
        self.consistency = consistency
        self.schemaVersions = schemaVersions
        self.details = details
        self.warnings = warnings
        self.instructions = instructions
    }

    /// How far a backup shows one instant of its store.
    public enum Consistency: String, Hashable, Sendable {
        /// All of it is of one instant.
        case instant
        /// Parts are of different instants: what was written meanwhile may be there by half.
        case fuzzy
    }
}
