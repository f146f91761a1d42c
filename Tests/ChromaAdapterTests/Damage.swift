// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ChromaAdapter

/// One way to damage a folder of ChromaDB.
struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let body: @Sendable (String) throws -> Void

    private init(_ description: String, _ body: @escaping @Sendable (String) throws -> Void) {
        testDescription = description
        self.body = body
    }

    func apply(_ folder: String) throws { try body(folder) }

    /// Those that are noticed in a store of which nothing else is known.
    static let ofStores: [Damage] =
        ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"].flatMap { file in
            [
                Damage("\(file) is missing") { try FileManager.default.removeItem(atPath: index($0, file)) },
                Damage("\(file) is empty") { try edit(index($0, file)) { $0 = Data() } },
                Damage("\(file) is cut") { try edit(index($0, file)) { $0.removeLast(60) } },
            ]
        }
        + ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"].map { file in
            Damage("\(file) is too long") { try edit(index($0, file)) { $0.append(Data(count: 5)) } }
        } + [
            Damage("the index is missing") { folder in
                let path = index(folder, "header.bin")
                try FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
            },
            Damage("SQLite's file is cut") { folder in
                try edit("\(folder)/chroma.sqlite3") { $0.removeLast($0.count / 3) }
            },
            Damage("a page of SQLite's file is overwritten") { folder in
                try edit("\(folder)/chroma.sqlite3") { data in
                    for page in stride(from: 20, to: data.count / 4096, by: 20) {
                        data.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(repeating: 0xa5, count: 4096))
                    }
                }
            },
            Damage("two indexes have changed places") { folder in
                let (first, second) = (segment(folder, "by_l2"), segment(folder, "by_ip"))
                try FileManager.default.moveItem(atPath: first, toPath: "\(folder)/other")
                try FileManager.default.moveItem(atPath: second, toPath: first)
                try FileManager.default.moveItem(atPath: "\(folder)/other", toPath: second)
            },
            Damage("records are gone from the table") {
                try change($0, "DELETE FROM embeddings WHERE embedding_id LIKE 'l2-12%'")
            },
            Damage("records are gone from the queue") { try change($0, "DELETE FROM embeddings_queue") },
            Damage("the index is noted as newer than the queue") {
                try change(
                    $0,
                    "UPDATE max_seq_id SET seq_id = 99999999 WHERE segment_id IN (SELECT id FROM segments WHERE scope = 'VECTOR')"
                )
            },
            Damage("a segment is gone") { try change($0, "DELETE FROM segments WHERE scope = 'VECTOR'") },
        ]

    /// Those that are noticed because the set says what was there.
    static let ofSets: [Damage] =
        ofStores + [
            Damage("a document is another one") {
                try change(
                    $0, "UPDATE embedding_metadata SET string_value = 'x' WHERE key = 'chroma:document' AND id = 7")
            },
            Damage("a value of metadata is another one") {
                try change($0, "UPDATE embedding_metadata SET int_value = int_value + 1 WHERE key = 'i' AND id = 7")
            },
            Damage("a value of metadata is of another kind") {
                try change(
                    $0,
                    "UPDATE embedding_metadata SET int_value = bool_value, bool_value = NULL WHERE key = 'even' AND id = 7"
                )
            },
            Damage("a value of metadata is gone") {
                try change($0, "DELETE FROM embedding_metadata WHERE key = 'half' AND id = 7")
            },
            Damage("a collection is gone") { try change($0, "DELETE FROM collections WHERE name = 'empty'") },
            Damage("a collection has another name") {
                try change($0, "UPDATE collections SET name = 'other' WHERE name = 'empty'")
            },
            Damage("a vector that waits in the queue is another one") {
                try change(
                    $0,
                    """
                    UPDATE embeddings_queue SET vector = zeroblob(length(vector))
                    WHERE seq_id = (SELECT max(seq_id) FROM embeddings_queue WHERE vector IS NOT NULL)
                    """)
            },
            Damage("metadata of a collection are others") {
                try change($0, "UPDATE collection_metadata SET int_value = 4 WHERE key = 'limit'")
            },
            Damage("a collection measures otherwise") {
                try change($0, "UPDATE collection_metadata SET str_value = 'ip' WHERE key = 'hnsw:space'")
            },
            Damage("a collection is configured otherwise") {
                try change($0, "UPDATE collections SET config_json_str = '{\"x\": 1}', schema_str = NULL")
            },
            Damage("a bit of a vector is another one") { try edit(index($0, "data_level0.bin")) { $0[20_000] ^= 1 } },
            Damage("a bit of a link is another one") { try edit(index($0, "data_level0.bin")) { $0[4] ^= 1 } },
            Damage("a bit of an id in the index is another one") { folder in
                try edit(index(folder, "index_metadata.pickle")) { $0[$0.count / 2] ^= 1 }
            },
            Damage("SQLite's file is missing") { try FileManager.default.removeItem(atPath: "\($0)/chroma.sqlite3") },
            Damage("SQLite's file is empty") { try edit("\($0)/chroma.sqlite3") { $0 = Data() } },
            Damage("SQLite's file is no database") { try edit("\($0)/chroma.sqlite3") { $0[3] ^= 0xff } },
        ]

    /// Those that ChromaDB's own answers show, whatever is read of the files.
    static let ofAnswers: [Damage] =
        [
            Damage("records are gone from the table") {
                try change($0, "DELETE FROM embeddings WHERE embedding_id LIKE 'l2-12%'")
            },
            Damage("a collection is gone, whatever it has") {
                try change($0, "DELETE FROM collections WHERE name = 'few'")
            },
        ]
        + ofSets.filter {
            [
                "a document is another one", "a value of metadata is another one",
                "a value of metadata is of another kind", "a value of metadata is gone",
                "a collection has another name", "SQLite's file is cut", "two indexes have changed places",
            ].contains($0.testDescription)
        }

    private static func change(_ folder: String, _ sql: String) throws {
        let sqlite = try SQLiteDatabase("\(folder)/chroma.sqlite3", .readWrite)
        try sqlite.query("PRAGMA foreign_keys = OFF")
        try sqlite.query(sql)
        guard try sqlite.number("SELECT changes()") ?? 0 > 0 else { throw Failure("nothing was changed: \(sql)") }
    }

    private static func segment(_ folder: String, _ collection: String) -> String {
        let sqlite = try? SQLiteDatabase("\(folder)/chroma.sqlite3", .immutable)
        let found = try? sqlite?.texts(
            "SELECT s.id FROM segments s JOIN collections c ON c.id = s.collection WHERE c.name = ? AND s.scope = 'VECTOR'",
            [.text(collection)])
        return "\(folder)/\(found?.first ?? "?")"
    }

    private static func index(_ folder: String, _ file: String) -> String { "\(segment(folder, "by_l2"))/\(file)" }

    private static func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        change(&data)
        try data.write(to: URL(filePath: path))
    }
}
