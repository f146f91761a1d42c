// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import MigrationCore

/// The name of the history table, always with its schema, so that no migration can redirect us by `search_path`.
public struct HistoryTable: Hashable, Sendable {
    /// The schema.
    public let schema: String
    /// The table.
    public let name: String

    /// `public.schema_versions`.
    public static let standard = HistoryTable(schema: "public", name: "schema_versions")

    /// Makes a name of its two parts, taken as they are.
    public init(schema: String = "public", name: String = "schema_versions") {
        self.schema = schema
        self.name = name
    }

    /// Reads `TABLE` or `SCHEMA.TABLE`; `nil` when it is neither. Upper and lower case are kept.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.count < 64 }) else { return nil }
        self.init(schema: parts.count == 2 ? parts[0] : "public", name: parts[parts.count - 1])
    }

    /// The name in SQL.
    var sql: String { "\(SQLLiteral.identifier(schema)).\(SQLLiteral.identifier(name))" }

    /// The key of the advisory lock that belongs to this table: the same in every process, another for another table.
    ///
    /// PostgreSQL keeps advisory locks apart by database.
    var lockKey: Int64 {
        var hash = SHA256()
        Array("strata history \(sql)".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension HistoryTable: CustomStringConvertible {
    /// `schema.table`.
    public var description: String { "\(schema).\(name)" }
}
