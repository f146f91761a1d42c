// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What `BACKUP_METADATA.json` says of a set. Holds no secret.
public struct BackupMetadata: Hashable, Sendable {
    /// The version of the layout that this code writes.
    public static let currentFormat = 1
    /// The name of the file.
    public static let fileName = "BACKUP_METADATA.json"

    /// The version of the layout.
    public var format: Int
    /// The set's name without its first word: `20250916_123000`.
    public var timestamp: String
    /// When the run began and when everything was written, in UTC as RFC 3339 writes it.
    public var startedAt, finishedAt: String
    /// The version of Strata that made the set.
    public var strataVersion: String
    /// Whether every store that was asked for is in the set.
    public var status: Status
    /// The newest migration of each component, as the history of the database said at the instant of its dump.
    public var schemaVersions: [String: String]
    /// The stores, by their names; those that were not asked for as well.
    public var stores: [StoreName: StoreRecord]
    /// Every file of the set but this one and the receipts of proofs, sorted by path.
    public var artifacts: [ArtifactRecord]
    /// The SHA-256 of the file that this was read from, with zeros in the place of these digits; of no meaning before.
    public internal(set) var checksum = Checksum(recorded: "")

    /// Whether a set has all that was asked for.
    public enum Status: String, Codable, Hashable, Sendable {
        /// Every store that is configured was saved.
        case complete
        /// A store failed: see its record.
        case partial
    }

    /// Makes metadata.
    public init(
        name: SetName, startedAt: String, finishedAt: String, strataVersion: String, stores: [StoreName: StoreRecord],
        artifacts: [ArtifactRecord]
    ) {
        format = Self.currentFormat
        timestamp = name.timestamp
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.strataVersion = strataVersion
        status = .complete
        schemaVersions = [:]
        self.stores = stores
        self.artifacts = artifacts.sorted { $0.path < $1.path }
        status = statusOfStores
        schemaVersions = schemaVersionsOfStores
    }

    /// What the records of the stores make of the set.
    var statusOfStores: Status { stores.values.contains { $0.status == .failed } ? .partial : .complete }

    /// The newest migrations that the records of the stores tell.
    var schemaVersionsOfStores: [String: String] {
        var versions: [String: String] = [:]
        for (_, record) in stores.sorted(by: { $0.key < $1.key }) {
            for version in record.snapshot?.schemaVersions ?? [] {
                versions[version.component.description] = version.version.description
            }
        }
        return versions
    }
}

/// What the metadata says of one store.
public struct StoreRecord: Hashable, Sendable {
    /// What became of the store.
    public enum Status: String, Codable, Hashable, Sendable {
        /// It is in the set, whole.
        case saved
        /// It was asked for and is not in the set.
        case failed
        /// It was not configured, or left out by `--only`.
        case skipped
    }

    /// What became of it.
    public var status: Status
    /// Where the store is.
    public var address: String?
    /// How long saving it took, in seconds.
    public var seconds: Double?
    /// Why it failed or was skipped, in a sentence.
    public var reason: String?
    /// What was saved.
    public var snapshot: StoreSnapshot?

    /// Makes a record.
    public init(
        status: Status, address: String? = nil, seconds: Double? = nil, reason: String? = nil,
        snapshot: StoreSnapshot? = nil
    ) {
        self.status = status
        self.address = address
        self.seconds = seconds
        self.reason = reason
        self.snapshot = snapshot
    }
}

/// One file of a set.
public struct ArtifactRecord: Hashable, Sendable {
    /// The path within the set, with `/` between its parts.
    public var path: String
    /// How many bytes it has.
    public var bytes: Int64
    /// The SHA-256 of its bytes.
    public var sha256: Checksum
    /// The store that it belongs to; `nil` for a file of the set itself, such as `RESTORE.md`.
    public var store: StoreName?

    /// Makes a record.
    public init(path: String, bytes: Int64, sha256: Checksum, store: StoreName?) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.store = store
    }
}
