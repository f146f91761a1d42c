// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Reads a folder of ChromaDB without ChromaDB: what it has, and whether its parts fit together.
///
/// The vectors are in files, everything else is in SQLite, and what is in SQLite's queue may not be in the files yet. So much can be
/// checked: nothing is in one place that is missing in the others.
struct StoreReader {
    static let database = "chroma.sqlite3"

    /// What is in a folder.
    struct Contents: Hashable, Sendable {
        var layout: ChromaLayout
        var collections: [StoredCollection] = []
        /// What is wrong, a sentence each.
        var problems: [String] = []
    }

    /// What is known of a collection before its records are read.
    struct Collection {
        var id: String
        var name: String
        var database: String
        var tenant: String
        var dimension: Int64?
        var vectorSegment: String?
        var metadataSegment: String?
        var topics: [String] = []
        /// Up to which number of the queue a segment has everything; `nil` when nothing was noted.
        var vectorDone: Int64?
        var metadataDone: Int64?
    }

    let sqlite: SQLiteDatabase
    /// The folder that a segment's folder is in.
    let indexes: (String) -> String
    /// What stands before the names of files in sentences: `chroma/`.
    let prefix: String
    let interruption: Interruption?

    /// Reads a folder that nobody writes to.
    ///
    /// - Parameter indexes: The folder that a segment's folder is in, if that is another one.
    static func read(
        _ folder: String, prefix: String, interruption: Interruption?, indexes: ((String) -> String)? = nil
    ) throws -> Contents {
        let path = "\(folder)/\(database)"
        let sqlite = try SQLiteDatabase(path, .immutable, interruption: interruption)
        defer { sqlite.close() }
        let damage = try damage(in: sqlite)
        guard damage.isEmpty else {
            return Contents(
                layout: ChromaLayout(migrations: [:]), problems: damage.map { "\(prefix)\(database): \($0)" })
        }
        return try StoreReader(
            sqlite: sqlite, indexes: indexes ?? { _ in folder }, prefix: prefix, interruption: interruption
        ).contents()
    }

    /// What SQLite itself finds wrong with a file.
    static func damage(in sqlite: SQLiteDatabase) throws -> [String] {
        do {
            let answers = try sqlite.texts("PRAGMA integrity_check(20)")
            return answers == ["ok"] ? [] : answers.flatMap { $0.split(separator: "\n").map(String.init) }
        } catch let error as SQLiteError where error.kind == .damaged || error.kind == .notADatabase {
            return [error.message]
        }
    }

    func index(_ segment: String) -> IndexFiles {
        IndexFiles(folder: "\(indexes(segment))/\(segment)", name: "\(prefix)\(segment)")
    }

    private func contents() throws -> Contents {
        guard let layout = try ChromaLayout.read(sqlite) else {
            return Contents(
                layout: ChromaLayout(migrations: [:]),
                problems: ["\(prefix)\(Self.database) is no database of ChromaDB 0.5 or later"])
        }
        var contents = Contents(layout: layout)
        let collections = try collections()
        let newest = try newestNumber()
        for collection in collections {
            try interruption?.check()
            let queue = try QueueView(sqlite, collection)
            var records = try records(of: collection, queue, hasLists: layout.hasLists)
            let problems = try problems(of: collection, records, queue, newest: newest)
            records.stored.queue = queue.checksum.hexadecimal
            records.stored.settings = try settingsChecksum(of: collection).hexadecimal
            let index = index(collection.vectorSegment ?? "")
            if problems.isEmpty, try Folders.kind(of: index.folder) == .folder {
                records.stored.index = try index.checksum(interruption).hexadecimal
            }
            contents.collections.append(records.stored)
            contents.problems += problems
        }
        return contents
    }

    /// The newest number that the queue gave to anybody.
    private func newestNumber() throws -> Int64 {
        var newest = try sqlite.number("SELECT max(seq_id) FROM embeddings_queue") ?? 0
        try sqlite.query(
            "SELECT m.seq_id FROM max_seq_id m JOIN segments s ON s.id = m.segment_id WHERE s.scope = 'METADATA'"
        ) { newest = max(newest, $0.sequenceNumber(0) ?? 0) }
        return newest
    }

    private func collections() throws -> [Collection] {
        var collections: [Collection] = []
        try sqlite.query(
            """
            SELECT c.id, c.name, c.dimension, d.name, d.tenant_id FROM collections c LEFT JOIN databases d ON d.id = c.database_id
            ORDER BY d.tenant_id, d.name, c.name
            """
        ) { row in
            collections.append(
                Collection(
                    id: row.text(0) ?? "", name: row.text(1) ?? "", database: row.text(3) ?? "",
                    tenant: row.text(4) ?? "", dimension: row.isNull(2) ? nil : row.integer(2)))
        }
        let topics = try sqlite.texts("SELECT DISTINCT topic FROM embeddings_queue")
        for index in collections.indices {
            let id = collections[index].id
            collections[index].topics = topics.filter { $0.hasSuffix("/\(id)") }
            try sqlite.query(
                """
                SELECT s.id, s.scope, m.seq_id FROM segments s LEFT JOIN max_seq_id m ON m.segment_id = s.id
                WHERE s.collection = ?
                """, [.text(id)]
            ) { row in
                if row.text(1) == "VECTOR" {
                    collections[index].vectorSegment = row.text(0)
                    collections[index].vectorDone = row.sequenceNumber(2)
                } else if row.text(1) == "METADATA" {
                    collections[index].metadataSegment = row.text(0)
                    collections[index].metadataDone = row.sequenceNumber(2)
                }
            }
        }
        return collections
    }
}

extension ChromaLayout {
    /// Whether metadata can be lists.
    var hasLists: Bool { migrations["metadb", default: 0] >= 6 }
}
