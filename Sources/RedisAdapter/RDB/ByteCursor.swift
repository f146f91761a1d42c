// SPDX-License-Identifier: Apache-2.0

/// A place in the bytes that are there so far. What needs more of them than there are returns `nil`, and is tried again later.
struct ByteCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var remaining: Int { bytes.count &- position }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position &+= 1 }
        return bytes[position]
    }

    /// The next byte, which stays.
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard count <= remaining else { return nil }
        defer { position &+= count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position &+ count])
    }

    /// As many bytes as there are, up to a limit.
    mutating func takeAvailable(upTo limit: UInt64) -> UnsafeBufferPointer<UInt8> {
        let count = Int(min(UInt64(remaining), limit))
        defer { position &+= count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position &+ count])
    }

    mutating func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard let taken = take(MemoryLayout<Number>.size) else { return nil }
        return Number(littleEndian: UnsafeRawBufferPointer(taken).loadUnaligned(as: Number.self))
    }

    mutating func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        littleEndian(type)?.byteSwapped
    }

    /// A little-endian number with a sign, of 1 to 8 bytes.
    mutating func signed(bytes count: Int) -> Int64? {
        guard let taken = take(count) else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(taken[index]) << UInt64(8 &* index) }
        let unused = UInt64(64 &- 8 &* count)
        return Int64(bitPattern: value << unused) >> Int64(unused)
    }
}
