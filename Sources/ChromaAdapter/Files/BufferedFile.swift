// SPDX-License-Identifier: Apache-2.0

/// Reads a file from its start to its end, in the memory of one piece of it.
struct BufferedFile {
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var position = 0
    /// Where the buffer begins in the file.
    private var start: Int64 = 0

    private static let piece = 1 << 18

    init(_ file: OpenFile) { self.file = file }

    /// The next byte; `nil` at the end.
    mutating func next() throws(FileError) -> UInt8? {
        if position == buffer.count {
            guard try fill() else { return nil }
        }
        defer { position += 1 }
        return buffer[position]
    }

    /// The next bytes, as many as there are at once; `nil` at the end.
    mutating func piece() throws(FileError) -> ArraySlice<UInt8>? {
        if position == buffer.count {
            guard try fill() else { return nil }
        }
        defer { position = buffer.count }
        return buffer[position...]
    }

    /// The next bytes; `nil` when there are not so many.
    mutating func bytes(_ count: Int) throws(FileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if position == buffer.count {
                guard try fill() else { return nil }
            }
            let end = min(buffer.count, position + count - bytes.count)
            bytes += buffer[position..<end]
            position = end
        }
        return bytes
    }

    /// A number whose least significant byte is first; `nil` when the file ends before.
    mutating func number(bytes count: Int) throws(FileError) -> UInt64? {
        try bytes(count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// - Returns: Whether there were so many bytes.
    mutating func skip(_ count: Int) throws(FileError) -> Bool {
        if count <= buffer.count - position {
            position += count
            return true
        }
        let target = start + Int64(position) + Int64(count)
        guard try file.stamp.bytes >= target else { return false }
        (start, buffer, position) = (target, [], 0)
        return true
    }

    private mutating func fill() throws(FileError) -> Bool {
        start += Int64(buffer.count)
        position = 0
        var piece = [UInt8](repeating: 0, count: Self.piece)
        var failure: FileError?
        let offset = start
        let count = piece.withUnsafeMutableBytes { bytes in
            do throws(FileError) { return try file.read(into: bytes, at: offset) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        piece.removeLast(Self.piece - count)
        buffer = piece
        return count > 0
    }
}
