// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What the queue still has of a collection.
struct QueueView {
    /// The numbers of what the index does not have yet.
    private(set) var waiting: Set<Int64> = []
    /// The ids that what waits for the index or for the table is about.
    private(set) var unsettled: Set<[UInt8]> = []
    /// The ids that what waits for the table is about.
    private(set) var pending: Set<[UInt8]> = []
    /// Of all that waits for either, in its order, with the vectors, which nothing else has yet.
    private(set) var checksum = Checksum(of: [])

    init(_ sqlite: SQLiteDatabase, _ collection: StoreReader.Collection) throws {
        let done = (vector: collection.vectorDone ?? -1, metadata: collection.metadataDone ?? -1)
        var hasher = Checksum.Hasher()
        for topic in collection.topics.sorted() {
            try sqlite.query(
                """
                SELECT seq_id, id, operation, encoding, vector, metadata FROM embeddings_queue
                WHERE topic = ? AND seq_id > ? ORDER BY seq_id
                """, [.text(topic), .integer(min(done.vector, done.metadata))]
            ) { row in
                for column in Int32(0)..<6 { hasher.update(RecordBytes.field(row.bytes(column))[...]) }
                let (number, id) = (row.integer(0), row.bytes(1) ?? [])
                if number > done.vector { waiting.insert(number) }
                if number > done.metadata { pending.insert(id) }
                unsettled.insert(id)
            }
        }
        checksum = hasher.finalize()
    }
}
