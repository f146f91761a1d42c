// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension StoreReader {
    /// The SHA-256 of how a collection was set up: its configuration, its metadata, and those of its segments.
    func settingsChecksum(of collection: Collection) throws -> Checksum {
        var hasher = Checksum.Hasher()
        func add(_ sql: String, columns: Int32, _ id: String) throws {
            try sqlite.query(sql, [.text(id)]) { row in
                for column in 0..<columns { hasher.update(RecordBytes.field(row.bytes(column))[...]) }
            }
            hasher.update([0x0a])
        }
        let there = Set(try sqlite.texts("SELECT name FROM pragma_table_info('collections')"))
        for column in ["config_json_str", "schema_str"] where there.contains(column) {
            try add("SELECT \(column) FROM collections WHERE id = ?", columns: 1, collection.id)
        }
        // Of 0.4, tables of metadata have no truths.
        for (table, owner, id) in [
            ("collection_metadata", "collection_id", collection.id),
            ("segment_metadata", "segment_id", collection.vectorSegment ?? ""),
            ("segment_metadata", "segment_id", collection.metadataSegment ?? ""),
        ] {
            let columns = Set(try sqlite.texts("SELECT name FROM pragma_table_info('\(table)')"))
            let known = ["key", "str_value", "int_value", "float_value", "bool_value"].filter(columns.contains)
            guard columns.contains(owner), !known.isEmpty else { continue }
            try add(
                "SELECT \(known.joined(separator: ", ")) FROM \(table) WHERE \(owner) = ? ORDER BY key",
                columns: Int32(known.count), id)
        }
        try add(
            "SELECT id, type, scope FROM segments WHERE collection = ? ORDER BY id", columns: 3, collection.id)
        return hasher.finalize()
    }
}
