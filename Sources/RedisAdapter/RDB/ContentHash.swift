// SPDX-License-Identifier: Apache-2.0

/// A hash of bytes that come piece by piece; how they are cut does not matter.
///
/// It tells apart what differs by accident. It is no protection from people: that is the SHA-256 of a set's files.
struct ContentHash: Hashable, Sendable {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var tail: UInt64 = 0
    private var tailBits: UInt64 = 0
    private var count: UInt64 = 0

    /// Takes the next bytes.
    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        count &+= UInt64(bytes.count)
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        // Whole words go straight in; what is left of one waits for the next piece.
        if tailBits == 0 {
            while index &+ 8 <= raw.count {
                absorb(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                index &+= 8
            }
        }
        while index < raw.count {
            tail |= UInt64(raw[index]) << tailBits
            tailBits &+= 8
            index &+= 1
            if tailBits == 64 {
                absorb(tail)
                tail = 0
                tailBits = 0
                while index &+ 8 <= raw.count {
                    absorb(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                    index &+= 8
                }
            }
        }
    }

    /// The hash of all bytes so far.
    var value: UInt64 { Self.mix(Self.mix(state, tail), count) }

    private mutating func absorb(_ word: UInt64) { state = Self.mix(state, word) }

    /// Two values become one that depends on each bit and on the order of both.
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = ((left ^ 0xA076_1D64_78BD_642F) &* 0xE703_7ED1_A0B4_28DB)
            .multipliedFullWidth(by: right ^ 0x8EBC_6AF0_9C88_C6E3)
        return (product.high ^ product.low) &+ left
    }

    /// The hash of bytes that are all there.
    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = ContentHash()
        hash.update(bytes)
        return hash.value
    }

    /// The hash of a number as Redis shows it to clients, whichever way it is stored.
    static func of(_ number: Int64) -> UInt64 {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var magnitude = number.magnitude
            var start = buffer.count
            repeat {
                start -= 1
                buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            if number < 0 {
                start -= 1
                buffer[start] = UInt8(ascii: "-")
            }
            return of(UnsafeBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// The hash of a score: 0 and -0 are the same.
    static func of(_ score: Double) -> UInt64 { mix(1, score == 0 ? 0 : score.bitPattern) }
}
