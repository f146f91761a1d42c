// SPDX-License-Identifier: Apache-2.0

/// Decompresses LZF piece by piece, in the memory of its window.
///
/// A byte below 32 announces so many literal bytes and one more; any other one is the beginning of a reference to at most 8,192 bytes
/// back (`src/lzf_d.c` of Redis).
struct LZFDecoder: Sendable {
    private static let window = 8192
    private static let capacity = 1 << 16
    /// More than one reference can be long.
    private static let room = 300

    /// What was decoded lately: the window of references, and what nobody has taken yet.
    private var output: [UInt8]
    private var filled = 0
    private var taken = 0
    /// How many literal bytes are still to come.
    private var literals = 0
    /// How many compressed bytes are still to come, and how many decoded ones.
    private(set) var compressed: UInt64
    private(set) var decoded: UInt64

    init(compressed: UInt64, decoded: UInt64) {
        self.compressed = compressed
        self.decoded = decoded
        let text = Int(min(UInt64(Self.capacity), decoded))
        output = [UInt8](repeating: 0, count: text + Self.room + min(text, Self.window))
    }

    /// Takes what is there, and hands out what it means.
    ///
    /// - Returns: What is wrong; `nil` when nothing is. All of it is decoded when ``compressed`` is 0.
    mutating func decode(
        _ cursor: inout ByteCursor, _ receive: (UnsafeBufferPointer<UInt8>) throws(RDBProblem) -> Void
    ) throws(RDBProblem) {
        while compressed > 0 {
            if output.count - filled < Self.room { try flush(receive) }
            if literals > 0 {
                let room = min(literals, output.count - filled)
                let piece = cursor.takeAvailable(upTo: min(UInt64(room), compressed))
                guard !piece.isEmpty else { break }
                guard UInt64(piece.count) <= decoded else { throw .damaged("a compressed string is too long") }
                append(piece)
                literals -= piece.count
                compressed -= UInt64(piece.count)
                decoded -= UInt64(piece.count)
            } else if try !control(&cursor) {
                break
            }
        }
        try flush(receive)
        if compressed == 0, decoded > 0 || literals > 0 { throw .damaged("a compressed string is too short") }
    }

    /// Reads a control byte and what belongs to it; false when not all of it is there.
    private mutating func control(_ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard let first = cursor.peek else { return false }
        guard first >= 32 else {
            cursor.position += 1
            compressed -= 1
            literals = Int(first) + 1
            return true
        }
        let isLong = first >> 5 == 7
        let size = isLong ? 3 : 2
        guard UInt64(size) <= compressed else { throw .damaged("a compressed string ends within a reference") }
        guard let bytes = cursor.take(size) else { return false }
        compressed -= UInt64(size)
        let count = (isLong ? 7 + Int(bytes[1]) : Int(first >> 5)) + 2
        let distance = Int(first & 0x1F) << 8 + Int(bytes[size - 1]) + 1
        guard distance <= filled else { throw .damaged("a compressed string refers to what is before its beginning") }
        guard UInt64(count) <= decoded else { throw .damaged("a compressed string is too long") }
        copy(count, from: distance)
        decoded -= UInt64(count)
        return true
    }

    private mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
        output.withUnsafeMutableBufferPointer { output in
            _ = output[filled...].update(fromContentsOf: piece)
        }
        filled += piece.count
    }

    private mutating func copy(_ count: Int, from distance: Int) {
        output.withUnsafeMutableBufferPointer { output in
            // Byte by byte: what is copied can be part of the copy.
            for index in filled..<filled + count { output[index] = output[index &- distance] }
        }
        filled += count
    }

    /// Hands out what is new, and keeps the window.
    private mutating func flush(
        _ receive: (UnsafeBufferPointer<UInt8>) throws(RDBProblem) -> Void
    ) throws(RDBProblem) {
        guard taken < filled else { return }
        var problem: RDBProblem?
        output.withUnsafeBufferPointer { output in
            do throws(RDBProblem) {
                try receive(UnsafeBufferPointer(rebasing: output[taken..<filled]))
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        taken = filled
        guard filled > Self.window else { return }
        let keep = Self.window
        output.withUnsafeMutableBufferPointer { output in
            for index in 0..<keep { output[index] = output[filled - keep + index] }
        }
        filled = keep
        taken = keep
    }
}

/// What is wrong with a file, without the place.
struct RDBProblem: Error {
    var code: RDBError.Code
    var text: String

    static func damaged(_ text: String) -> Self { Self(code: .damaged, text: text) }
    static func unsupported(_ text: String) -> Self { Self(code: .unsupported, text: text) }
}
