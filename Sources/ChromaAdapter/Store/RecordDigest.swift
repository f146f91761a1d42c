// SPDX-License-Identifier: Apache-2.0

/// The bytes of a record that its digest is made of: its id, and its metadata in the order of their names.
///
/// Texts are written with the number of their bytes before them, so that no two records have the same bytes. The script that proves a set
/// with ChromaDB writes the same ones.
struct RecordBytes {
    /// A value of metadata; documents are one of the name `chroma:document`.
    enum Value {
        case text([UInt8])
        case integer(Int64)
        case number(Double)
        case truth(Bool)

        /// What a row has in its columns `string_value`, `int_value`, `float_value`, `bool_value`; `nil` when all are NULL.
        init?(_ row: SQLiteRow, from column: Int32) {
            if !row.isNull(column + 3) {
                self = .truth(row.integer(column + 3) != 0)
            } else if let text = row.bytes(column) {
                self = .text(text)
            } else if !row.isNull(column + 1) {
                self = .integer(row.integer(column + 1))
            } else if !row.isNull(column + 2) {
                self = .number(row.double(column + 2))
            } else {
                return nil
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .text(let text): [UInt8(ascii: "s")] + RecordBytes.field(text)
            case .integer(let number): [UInt8(ascii: "i")] + RecordBytes.field(Array(String(number).utf8))
            case .number(let number):
                [UInt8(ascii: "f")] + RecordBytes.field(Array(String(number.bitPattern, radix: 16).utf8))
            case .truth(let truth): [UInt8(ascii: "b")] + RecordBytes.field(truth ? [0x31] : [0x30])
            }
        }
    }

    private(set) var bytes: [UInt8]
    private var metadata: [(key: [UInt8], bytes: [UInt8])] = []

    init(id: [UInt8]) { bytes = Self.field(id) }

    mutating func add(_ key: [UInt8], _ value: Value) {
        guard Self.isReturned(key) else { return }
        metadata.append((key, value.bytes))
    }

    /// A list: all of its elements have the same name.
    mutating func add(_ key: [UInt8], list elements: [Value]) {
        guard Self.isReturned(key) else { return }
        metadata.append((key, [UInt8(ascii: "a")] + elements.flatMap(\.bytes) + [UInt8(ascii: "e")]))
    }

    mutating func finish() -> [UInt8] {
        metadata.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return metadata.reduce(into: bytes) { $0 += Self.field($1.key) + $1.bytes }
    }

    /// Whether ChromaDB tells anybody: names that begin like its own it stores, and keeps to itself.
    private static func isReturned(_ key: [UInt8]) -> Bool {
        !key.starts(with: own) || key == Array("chroma:document".utf8) || key == Array("chroma:uri".utf8)
    }

    private static let own = Array("chroma:".utf8)

    /// A column of a row; NULL is another field than an empty text.
    static func field(_ bytes: [UInt8]?) -> [UInt8] { bytes.map { field($0) } ?? [UInt8(ascii: "-")] }

    static func field(_ bytes: [UInt8]) -> [UInt8] { Array("\(bytes.count):".utf8) + bytes }
}
