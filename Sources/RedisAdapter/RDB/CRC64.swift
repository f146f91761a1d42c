// SPDX-License-Identifier: Apache-2.0

/// The checksum at the end of an RDB file, computed piece by piece.
///
/// Reflected, polynomial 0x95AC9329AC4BC9B5, begun with 0, nothing inverted at the end (`src/crc64.c` of Redis).
struct CRC64: Hashable, Sendable {
    private(set) var value: UInt64 = 0

    /// Eight tables of 256: what a byte does to the checksum when 0 to 7 more bytes follow it, so that eight are taken at once.
    private static let tables: [UInt64] = {
        var tables = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var entry = UInt64(byte)
            for _ in 0..<8 { entry = entry & 1 == 1 ? entry >> 1 ^ 0x95AC_9329_AC4B_C9B5 : entry >> 1 }
            tables[byte] = entry
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
        }
        return tables
    }()

    /// Takes the next bytes.
    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        var crc = value
        Self.tables.withUnsafeBufferPointer { tables in
            var index = 0
            let raw = UnsafeRawBufferPointer(bytes)
            while index &+ 8 <= raw.count {
                let word = crc ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                // In two steps: as one expression it takes the compiler seconds.
                let low =
                    tables[1792 &+ Int(truncatingIfNeeded: word & 0xFF)]
                    ^ tables[1536 &+ Int(truncatingIfNeeded: word >> 8 & 0xFF)]
                    ^ tables[1280 &+ Int(truncatingIfNeeded: word >> 16 & 0xFF)]
                    ^ tables[1024 &+ Int(truncatingIfNeeded: word >> 24 & 0xFF)]
                let high =
                    tables[768 &+ Int(truncatingIfNeeded: word >> 32 & 0xFF)]
                    ^ tables[512 &+ Int(truncatingIfNeeded: word >> 40 & 0xFF)]
                    ^ tables[256 &+ Int(truncatingIfNeeded: word >> 48 & 0xFF)]
                    ^ tables[Int(truncatingIfNeeded: word >> 56)]
                crc = low ^ high
                index &+= 8
            }
            while index < raw.count {
                crc = tables[Int(truncatingIfNeeded: (crc ^ UInt64(raw[index])) & 0xFF)] ^ crc >> 8
                index &+= 1
            }
        }
        value = crc
    }
}
