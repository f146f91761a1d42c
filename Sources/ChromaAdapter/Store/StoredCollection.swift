// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What is known of a collection without ChromaDB.
struct StoredCollection: Hashable, Sendable {
    var id: String
    var name: String
    var database: String
    var tenant: String
    var dimension: Int64?
    /// How many records its table has.
    var count: Int64
    /// Of all records, with documents and metadata, in no order; those of `pending` are left out.
    var digest: String
    /// How many records are still being written: the queue knows more of them than the table does.
    var pending: Int64
    /// The SHA-256 of all files of its index, one after the other in the order of their names; `nil` when it has none yet.
    var index: String?
    /// The SHA-256 of what waits in the queue, with the vectors that no index has yet; `nil` when it was not noted.
    var queue: String?
    /// The SHA-256 of its configuration and metadata; `nil` when it was not noted.
    var settings: String?

    /// As a set's metadata keeps it.
    var value: BackupValue {
        var value: [String: BackupValue] = [
            "id": .string(id), "name": .string(name), "database": .string(database), "tenant": .string(tenant),
            "count": .integer(count), "digest": .string(digest),
        ]
        if let dimension { value["dimension"] = .integer(dimension) }
        if let index { value["index"] = .string(index) }
        if let queue { value["queue"] = .string(queue) }
        if let settings { value["settings"] = .string(settings) }
        if pending > 0 { value["pending"] = .integer(pending) }
        return .object(value)
    }

    init(
        id: String, name: String, database: String, tenant: String, dimension: Int64?, count: Int64, digest: String,
        pending: Int64, index: String? = nil, queue: String? = nil, settings: String? = nil
    ) {
        self.id = id
        self.name = name
        self.database = database
        self.tenant = tenant
        self.dimension = dimension
        self.count = count
        self.digest = digest
        self.pending = pending
        self.index = index
        self.queue = queue
        self.settings = settings
    }

    init?(_ value: BackupValue) {
        guard let id = value["id"]?.stringValue, let name = value["name"]?.stringValue,
            let count = value["count"]?.integerValue, let digest = value["digest"]?.stringValue
        else { return nil }
        self.init(
            id: id, name: name, database: value["database"]?.stringValue ?? "",
            tenant: value["tenant"]?.stringValue ?? "",
            dimension: value["dimension"]?.integerValue, count: count, digest: digest,
            pending: value["pending"]?.integerValue ?? 0, index: value["index"]?.stringValue,
            queue: value["queue"]?.stringValue, settings: value["settings"]?.stringValue)
    }
}

extension StoredCollection {
    /// What another look finds otherwise: `has other contents than when it was saved`; empty when all is the same.
    func differences(of found: StoredCollection) -> [String] {
        var found = found
        var differences: [String] = []
        if found.index != index {
            differences.append("has another index, and so perhaps other vectors, than when it was saved")
        }
        if let queue, found.queue != queue {
            differences.append("has other records in the queue, and so perhaps other vectors, than when it was saved")
        }
        if let settings, found.settings != settings {
            differences.append("has another configuration or other metadata of its own than when it was saved")
        }
        (found.index, found.queue, found.settings) = (index, queue, settings)
        if found.count != count {
            differences.append("has \(found.count.named("record")), it had \(count)")
        } else if found != self {
            differences.append("has other contents than when it was saved")
        }
        return differences
    }
}
