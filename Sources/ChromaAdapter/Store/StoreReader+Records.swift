// SPDX-License-Identifier: Apache-2.0

extension StoreReader {
    /// What the table has of a collection.
    struct Records {
        var stored: StoredCollection
        /// The ids of the records about which nothing waits.
        var settled = UnorderedDigest()
        /// How many records are newer than the index, and not in the queue: nobody has their vectors.
        var lost = 0
    }

    func records(of collection: Collection, _ queue: QueueView, hasLists: Bool) throws -> Records {
        var digest = UnorderedDigest()
        var count: Int64 = 0
        var records = Records(
            stored: StoredCollection(
                id: collection.id, name: collection.name, database: collection.database, tenant: collection.tenant,
                dimension: collection.dimension, count: 0, digest: "", pending: Int64(queue.pending.count)))
        let segment: [SQLiteValue] = [.text(collection.metadataSegment ?? "")]
        let lists = try hasLists && sqlite.number("SELECT EXISTS (SELECT 1 FROM embedding_metadata_array)") == 1
        var current: (row: Int64, id: [UInt8], bytes: RecordBytes)?
        func end() throws {
            guard var record = current else { return }
            if lists { try addLists(of: record.row, to: &record.bytes) }
            if !queue.pending.contains(record.id) { digest.add(record.bytes.finish()) }
            if !queue.unsettled.contains(record.id) { records.settled.add(record.id) }
        }
        // In the order of an index, so that nothing has to be sorted.
        try sqlite.query(
            """
            SELECT e.id, e.embedding_id, e.seq_id, m.key, m.string_value, m.int_value, m.float_value, m.bool_value
            FROM embeddings e LEFT JOIN embedding_metadata m ON m.id = e.id
            WHERE e.segment_id = ? ORDER BY e.embedding_id, e.id
            """, segment
        ) { row in
            if current?.row != row.integer(0) {
                try end()
                let id = row.bytes(1) ?? []
                current = (row.integer(0), id, RecordBytes(id: id))
                count += 1
                let number = row.sequenceNumber(2) ?? 0
                if number > collection.vectorDone ?? -1, !queue.waiting.contains(number) { records.lost += 1 }
            }
            if let key = row.bytes(3), let value = RecordBytes.Value(row, from: 4) { current?.bytes.add(key, value) }
        }
        try end()
        records.stored.count = count
        records.stored.digest = digest.hexadecimal
        return records
    }

    private func addLists(of record: Int64, to bytes: inout RecordBytes) throws {
        var lists: [[UInt8]: [RecordBytes.Value]] = [:]
        try sqlite.query(
            """
            SELECT key, string_value, int_value, float_value, bool_value FROM embedding_metadata_array
            WHERE id = ? ORDER BY rowid
            """, [.integer(record)]
        ) { row in
            if let key = row.bytes(0), let value = RecordBytes.Value(row, from: 1) {
                lists[key, default: []].append(value)
            }
        }
        for (key, values) in lists { bytes.add(key, list: values) }
    }
}
