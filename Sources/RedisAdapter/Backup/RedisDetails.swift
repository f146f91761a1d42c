// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a set's metadata says of a Redis server.
///
/// `dump`, `rdb_version`, `checksum` (CRC64, hexadecimal; not there when the server wrote none), `keys`, `expires`, `databases` (each with
/// `database`, `keys`, `expires`), `types` (keys of each), `functions`, `needs_modules`, `content_digest` (see
/// ``RDBSummary/contentDigest``, hexadecimal), `transfer` (`diskless` or `disk`), `users` (the artifact of the ACL users), `settings`
/// (those that were changed), `used_memory`, `role`. What could not be counted is not there.
struct RedisDetails: Hashable, Sendable {
    static let dump = "redis/dump.rdb"
    static let users = "redis/users.acl"

    var rdbVersion: Int
    var checksum: String?
    var databases: [RDBSummary.Database]?
    var contentDigest: String?
    var usedMemory: Int64?
    var hasUsers: Bool

    init(_ details: [String: BackupValue]) throws(RedisBackupError) {
        guard let version = details["rdb_version"]?.integerValue else {
            throw RedisBackupError(.damaged, "the set's metadata does not say which version of RDB \(Self.dump) has")
        }
        guard (0...9999).contains(version) else { throw Self.senseless("rdb_version", version) }
        rdbVersion = Int(version)
        checksum = details["checksum"]?.stringValue
        contentDigest = details["content_digest"]?.stringValue
        usedMemory = details["used_memory"]?.integerValue
        hasUsers = details["users"]?.stringValue != nil
        databases = try Self.databases(details["databases"])
    }

    private static func databases(_ value: BackupValue?) throws(RedisBackupError) -> [RDBSummary.Database]? {
        guard let entries = value?.arrayValue else { return nil }
        var databases: [RDBSummary.Database] = []
        for entry in entries {
            guard let number = entry["database"]?.integerValue, let keys = entry["keys"]?.integerValue else { continue }
            // As in the file itself; what is counted with them must not overflow.
            guard (0..<1 << 24).contains(number) else { throw senseless("databases", number) }
            let expires = entry["expires"]?.integerValue ?? 0
            for count in [keys, expires] where !(0..<1 << 48).contains(count) { throw senseless("databases", count) }
            databases.append(.init(number: Int(number), keys: keys, expires: expires))
        }
        return databases
    }

    private static func senseless(_ name: String, _ number: Int64) -> RedisBackupError {
        RedisBackupError(.damaged, "the set's metadata have \(number) in \(name) of redis, which no server has")
    }

    static func values(_ summary: RDBSummary) -> [String: BackupValue] {
        var values: [String: BackupValue] = [
            "dump": .string(dump), "rdb_version": .integer(Int64(summary.version)),
        ]
        if let checksum = summary.checksum { values["checksum"] = .string(hexadecimal(checksum)) }
        guard summary.isCounted else { return values }
        values["keys"] = .integer(summary.keys)
        values["expires"] = .integer(summary.expires)
        values["databases"] = .array(
            summary.databases.map {
                ["database": .integer(Int64($0.number)), "keys": .integer($0.keys), "expires": .integer($0.expires)]
            })
        values["types"] = .object(summary.types.mapValues { .integer($0) })
        values["functions"] = .integer(Int64(summary.functions))
        values["needs_modules"] = .bool(summary.needsModules)
        values["content_digest"] = .string(hexadecimal(summary.contentDigest))
        return values
    }

    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
