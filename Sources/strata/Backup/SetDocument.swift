// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore

/// A set in a JSON document.
struct SetDocument: Encodable {
    /// A store of a set.
    struct Store: Encodable {
        var status: String
        var address: String?
        var serverVersion: String?
        var takenAt: String?
        var seconds: Double?
        var bytes: Int64?
        var reason: String?
        var warnings: [String]?

        enum CodingKeys: String, CodingKey {
            case status, address, seconds, bytes, reason, warnings
            case serverVersion = "server_version"
            case takenAt = "taken_at"
        }
    }

    var name: String
    var folder: String
    var status: String
    var startedAt: String
    var finishedAt: String
    var bytes: Int64
    /// The highest level that it passed.
    var verified: String?
    /// When it passed that; when the damage was found, of one that is damaged.
    var verifiedAt: String?
    /// What could not be compared then.
    var limitations: [String]?
    /// What was wrong when it was last tried.
    var damage: [String]?
    var schemaVersions: [String: String]
    var stores: [String: Store]

    enum CodingKeys: String, CodingKey {
        case name, folder, status, bytes, verified, limitations, damage, stores
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case verifiedAt = "verified_at"
        case schemaVersions = "schema_versions"
    }

    init(_ set: BackupSet) {
        let metadata = set.metadata
        name = set.name.description
        folder = set.folder
        status = metadata.status.rawValue
        startedAt = metadata.startedAt
        finishedAt = metadata.finishedAt
        bytes = set.bytes
        verified = set.verified?.description
        verifiedAt = (set.failure ?? set.proof)?.verifiedAt
        limitations = set.proof.flatMap { $0.limitations.isEmpty ? nil : $0.limitations }
        damage = set.failure?.findings
        schemaVersions = metadata.schemaVersions
        stores = [:]
        for (name, record) in metadata.stores {
            stores[name.description] = Store(
                status: record.status.rawValue, address: record.address, serverVersion: record.snapshot?.serverVersion,
                takenAt: record.snapshot?.takenAt, seconds: record.seconds, bytes: set.bytes(of: name),
                reason: record.reason, warnings: record.snapshot?.warnings)
        }
    }
}

/// A folder with a set's name that is none, in a JSON document.
struct UnreadableDocument: Encodable {
    var name: String
    var reason: String

    init(_ set: UnreadableSet) {
        name = set.name.description
        reason = set.reason
    }
}

extension BackupSet {
    /// How much it has of a store; `nil` when the store is not in it.
    func bytes(of store: StoreName) -> Int64? {
        guard metadata.stores[store]?.status == .saved else { return nil }
        return metadata.artifacts.filter { $0.store == store }.reduce(0) { $0 + $1.bytes }
    }
}
