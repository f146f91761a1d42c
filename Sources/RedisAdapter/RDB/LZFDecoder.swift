// SPDX-License-Identifier: Apache-2.0

/// Decompresses LZF piece by piece, in the memory of its window.
///
/// A byte below 32 announces so many literal bytes and one more; any other one is the beginning of a reference to at most 8,192 bytes
/// back (`src/lzf_d.c` of Redis).
struct LZFDecoder: Sendable {
    /// What is not longer when decoded is handed out in one piece.
    static let capacity = 1 << 16
    fileprivate static let window = 8192
    /// More than one reference can be long.
    fileprivate static let room = 300

    /// What was decoded lately: the window of references, and what nobody has taken yet.
    private var output: [UInt8]
    private var taken = 0
    private var state: LZFState

    /// How many compressed bytes are still to come.
    var compressed: UInt64 { state.compressed }

    /// - Parameter buffer: Memory that is used again; it grows where it is too small.
    init(compressed: UInt64, decoded: UInt64, buffer: [UInt8] = []) {
        state = LZFState(compressed: compressed, decoded: decoded)
        let text = Int(min(UInt64(Self.capacity), decoded))
        let needed = text + Self.room + min(text, Self.window)
        output = buffer.count >= needed ? buffer : [UInt8](repeating: 0, count: needed)
    }

    /// Ends the work, and gives its memory back.
    consuming func releaseBuffer() -> [UInt8] { output }

    /// Takes what is there, and hands out what it means. All of it is decoded when ``compressed`` is 0.
    mutating func decode(
        _ cursor: inout ByteCursor, _ receive: (UnsafeBufferPointer<UInt8>) throws(RDBProblem) -> Void
    ) throws(RDBProblem) {
        while state.compressed > 0 {
            if output.count - state.filled < Self.room { try flush(receive) }
            // A copy: what is changed within the closure cannot be a part of what it is called on.
            var state = self.state
            let pause = output.withUnsafeMutableBufferPointer { state.run(&cursor, into: $0) }
            self.state = state
            if case .problem(let text) = pause { throw .damaged(text) }
            if case .starved = pause { break }
        }
        try flush(receive)
        if state.compressed == 0, state.decoded > 0 || state.literals > 0 {
            throw .damaged("a compressed string is too short")
        }
    }

    /// Hands out what is new, and keeps the window.
    private mutating func flush(
        _ receive: (UnsafeBufferPointer<UInt8>) throws(RDBProblem) -> Void
    ) throws(RDBProblem) {
        let filled = state.filled
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
        state.filled = keep
        taken = keep
    }
}

/// How far a decoder is. It is apart from the decoder's memory, so that both can be at hand at the same time.
private struct LZFState: Sendable {
    enum Pause {
        /// There are no more bytes.
        case starved
        /// The output may have no room for the next reference.
        case full
        case ended
        case problem(String)
    }

    /// How many bytes of the output are decoded ones.
    var filled = 0
    /// How many literal bytes are still to come.
    var literals = 0
    /// How many compressed bytes are still to come, and how many decoded ones.
    var compressed: UInt64
    var decoded: UInt64

    init(compressed: UInt64, decoded: UInt64) {
        self.compressed = compressed
        self.decoded = decoded
    }

    /// Decodes until it has to pause.
    mutating func run(_ cursor: inout ByteCursor, into output: UnsafeMutableBufferPointer<UInt8>) -> Pause {
        while compressed > 0 {
            guard output.count &- filled >= LZFDecoder.room else { return .full }
            if literals > 0 {
                let piece = cursor.takeAvailable(upTo: min(UInt64(literals), compressed))
                guard !piece.isEmpty else { return .starved }
                guard UInt64(piece.count) <= decoded else { return .problem("a compressed string is too long") }
                _ = UnsafeMutableBufferPointer(rebasing: output[filled...]).update(fromContentsOf: piece)
                filled &+= piece.count
                literals &-= piece.count
                compressed &-= UInt64(piece.count)
                decoded &-= UInt64(piece.count)
                continue
            }
            guard let first = cursor.peek else { return .starved }
            if first < 32 {
                cursor.position &+= 1
                compressed &-= 1
                literals = Int(first) &+ 1
                continue
            }
            let isLong = first >> 5 == 7
            let size = isLong ? 3 : 2
            guard UInt64(size) <= compressed else { return .problem("a compressed string ends within a reference") }
            guard let bytes = cursor.take(size) else { return .starved }
            compressed &-= UInt64(size)
            let count = (isLong ? 7 &+ Int(bytes[1]) : Int(first >> 5)) &+ 2
            let distance = Int(first & 0x1F) << 8 &+ Int(bytes[size &- 1]) &+ 1
            guard distance <= filled else {
                return .problem("a compressed string refers to what is before its beginning")
            }
            guard UInt64(count) <= decoded else { return .problem("a compressed string is too long") }
            // Byte by byte: what is copied can be part of the copy.
            for index in filled..<filled &+ count { output[index] = output[index &- distance] }
            filled &+= count
            decoded &-= UInt64(count)
        }
        return .ended
    }
}

/// What is wrong with a file, without the place.
struct RDBProblem: Error {
    var code: RDBError.Code
    var text: String

    static func damaged(_ text: String) -> Self { Self(code: .damaged, text: text) }
    static func unsupported(_ text: String) -> Self { Self(code: .unsupported, text: text) }
}
