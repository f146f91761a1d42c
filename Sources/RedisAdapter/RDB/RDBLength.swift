// SPDX-License-Identifier: Apache-2.0

/// A length as RDB writes it, or what stands in a string's length instead (`rdbLoadLenByRef` in `src/rdb.c` of Redis).
enum RDBLength: Hashable, Sendable {
    case length(UInt64)
    /// The string is a number: of 1, 2 or 4 bytes.
    case number(bytes: Int)
    /// The string is compressed.
    case compressed
    /// No server writes that.
    case invalid(UInt8)
}

extension ByteCursor {
    /// Reads a length; `nil` when not all of it is there, and then nothing is taken.
    mutating func length() -> RDBLength? {
        let start = position
        guard let first = byte() else { return nil }
        var result: RDBLength?
        switch first >> 6 {
        case 0: result = .length(UInt64(first & 0x3F))
        case 1: result = byte().map { .length(UInt64(first & 0x3F) << 8 | UInt64($0)) }
        case 2:
            switch first {
            case 0x80: result = bigEndian(UInt32.self).map { .length(UInt64($0)) }
            case 0x81: result = bigEndian(UInt64.self).map { .length($0) }
            default: result = .invalid(first)
            }
        default:
            switch first & 0x3F {
            case 0: result = .number(bytes: 1)
            case 1: result = .number(bytes: 2)
            case 2: result = .number(bytes: 4)
            case 3: result = .compressed
            default: result = .invalid(first)
            }
        }
        if result == nil { position = start }
        return result
    }
}
