// SPDX-License-Identifier: Apache-2.0

/// Which versions of ChromaDB a folder is of, told by the migrations that its SQLite file has seen.
///
/// The version that a server names says less: 1.5.9 calls its interface 1.0.0.
struct ChromaLayout: Hashable, Sendable {
    /// The versions that share a layout.
    enum Family: String, Hashable, Sendable, Comparable {
        case zero = "0.5"
        case one = "1.x"

        static func < (left: Self, right: Self) -> Bool { left == .zero && right == .one }
    }

    /// The newest migration of each part: `embeddings_queue`, `metadb`, `sysdb`.
    var migrations: [String: Int64]

    /// The newest ones that are known, of 1.5.
    private static let newest: [String: Int64] = ["embeddings_queue": 2, "metadb": 6, "sysdb": 10]
    /// The oldest ones that are known, of 0.5: before, vectors were kept in another way.
    private static let oldest: [String: Int64] = ["embeddings_queue": 1, "metadb": 1, "sysdb": 5]

    var family: Family {
        migrations["metadb", default: 0] > 4 || migrations["sysdb", default: 0] > 9 ? .one : .zero
    }

    /// For people: `1.x (embeddings_queue 2, metadb 6, sysdb 10)`. The newest release of that line opens it.
    var description: String {
        let parts = migrations.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(family.rawValue) (\(parts.joined(separator: ", ")))"
    }

    /// Whether a later ChromaDB than any that is known wrote it.
    var isNewer: Bool { Self.newest.contains { migrations[$0.key, default: 0] > $0.value } }

    /// Reads it; `nil` for a file that is not ChromaDB's.
    static func read(_ database: SQLiteDatabase) throws -> ChromaLayout? {
        let needed = ["collections", "embeddings", "embeddings_queue", "max_seq_id", "migrations", "segments"]
        let tables = Set(try database.texts("SELECT name FROM sqlite_master WHERE type = 'table'"))
        guard tables.isSuperset(of: needed) else { return nil }
        var migrations: [String: Int64] = [:]
        try database.query("SELECT dir, max(version) FROM migrations GROUP BY dir") {
            migrations[$0.text(0) ?? ""] = $0.integer(1)
        }
        guard Self.oldest.allSatisfy({ migrations[$0.key, default: 0] >= $0.value }) else { return nil }
        return ChromaLayout(migrations: migrations)
    }
}
