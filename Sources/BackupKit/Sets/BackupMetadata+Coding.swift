// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension BackupMetadata: Codable {
    /// A key of the document: one of ours, or the name of a store.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }

        static let format = Self("format")
        static let timestamp = Self("timestamp")
        static let startedAt = Self("started_at")
        static let finishedAt = Self("finished_at")
        static let strataVersion = Self("strata_version")
        static let status = Self("status")
        static let schemaVersions = Self("schema_versions")
        static let artifacts = Self("artifacts")
        static let checksum = Self("checksum")

        static let ours: Set<String> = [
            "format", "timestamp", "started_at", "finished_at", "strata_version", "status", "schema_versions",
            "artifacts", "checksum",
        ]
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        format = try container.decode(Int.self, forKey: .format)
        timestamp = try container.decode(String.self, forKey: .timestamp)
        startedAt = try container.decode(String.self, forKey: .startedAt)
        finishedAt = try container.decode(String.self, forKey: .finishedAt)
        strataVersion = try container.decode(String.self, forKey: .strataVersion)
        status = try container.decode(Status.self, forKey: .status)
        schemaVersions = try container.decode([String: String].self, forKey: .schemaVersions)
        artifacts = try container.decode([ArtifactRecord].self, forKey: .artifacts)
        checksum = Checksum(recorded: try container.decode(String.self, forKey: .checksum))
        stores = [:]
        for key in container.allKeys where !Key.ours.contains(key.stringValue) {
            guard let store = StoreName(key.stringValue) else { continue }
            stores[store] = try container.decode(StoreRecord.self, forKey: key)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(format, forKey: .format)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(finishedAt, forKey: .finishedAt)
        try container.encode(strataVersion, forKey: .strataVersion)
        try container.encode(status, forKey: .status)
        try container.encode(schemaVersions, forKey: .schemaVersions)
        try container.encode(artifacts, forKey: .artifacts)
        try container.encode(checksum.hexadecimal, forKey: .checksum)
        for (store, record) in stores { try container.encode(record, forKey: Key(store.description)) }
    }
}

extension StoreRecord: Codable {
    private enum Key: String, CodingKey {
        case status, address, seconds, error, reason, consistency, details, warnings
        case serverVersion = "server_version"
        case takenAt = "taken_at"
        case schemaVersions = "schema_versions"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        status = try container.decode(Status.self, forKey: .status)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        seconds = try container.decodeIfPresent(Double.self, forKey: .seconds)
        reason = try container.decodeIfPresent(String.self, forKey: status == .failed ? .error : .reason)
        guard status == .saved else {
            snapshot = nil
            return
        }
        let consistency = try container.decode(String.self, forKey: .consistency)
        guard let consistency = StoreSnapshot.Consistency(rawValue: consistency) else {
            throw DecodingError.dataCorruptedError(
                forKey: .consistency, in: container, debugDescription: "\"\(consistency)\" is none that is known")
        }
        let versions = try container.decodeIfPresent([String: String].self, forKey: .schemaVersions) ?? [:]
        snapshot = StoreSnapshot(
            serverVersion: try container.decodeIfPresent(String.self, forKey: .serverVersion),
            takenAt: try container.decodeIfPresent(String.self, forKey: .takenAt), consistency: consistency,
            schemaVersions: try versions.sorted { $0.key < $1.key }.map { component, version in
                guard let version = MigrationVersion(version) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .schemaVersions, in: container, debugDescription: "\"\(version)\" is no version")
                }
                return MigrationID(component: Component(component), version: version)
            },
            details: try container.decodeIfPresent([String: BackupValue].self, forKey: .details) ?? [:],
            warnings: try container.decodeIfPresent([String].self, forKey: .warnings) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(status, forKey: .status)
        try container.encodeIfPresent(address, forKey: .address)
        try container.encodeIfPresent(seconds, forKey: .seconds)
        try container.encodeIfPresent(reason, forKey: status == .failed ? .error : .reason)
        guard let snapshot else { return }
        try container.encodeIfPresent(snapshot.serverVersion, forKey: .serverVersion)
        try container.encodeIfPresent(snapshot.takenAt, forKey: .takenAt)
        try container.encode(snapshot.consistency.rawValue, forKey: .consistency)
        if !snapshot.schemaVersions.isEmpty {
            let versions = snapshot.schemaVersions.map { ($0.component.name, $0.version.description) }
            try container.encode(Dictionary(versions) { $1 }, forKey: .schemaVersions)
        }
        if !snapshot.details.isEmpty { try container.encode(snapshot.details, forKey: .details) }
        if !snapshot.warnings.isEmpty { try container.encode(snapshot.warnings, forKey: .warnings) }
    }
}

extension ArtifactRecord: Codable {
    private enum Key: CodingKey { case path, bytes, sha256, store }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        path = try container.decode(String.self, forKey: .path)
        bytes = try container.decode(Int64.self, forKey: .bytes)
        sha256 = Checksum(recorded: try container.decode(String.self, forKey: .sha256))
        guard let name = try container.decodeIfPresent(String.self, forKey: .store) else {
            store = nil
            return
        }
        guard let name = StoreName(name) else {
            throw DecodingError.dataCorruptedError(
                forKey: .store, in: container, debugDescription: "\"\(name)\" is no name of a store")
        }
        store = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path, forKey: .path)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(sha256.hexadecimal, forKey: .sha256)
        try container.encodeIfPresent(store?.description, forKey: .store)
    }
}
