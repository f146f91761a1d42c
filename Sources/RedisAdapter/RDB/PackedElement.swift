// SPDX-License-Identifier: Apache-2.0

/// An element of a list that Redis keeps in one piece of memory.
enum PackedElement {
    case bytes(UnsafeBufferPointer<UInt8>)
    case number(Int64)
    /// A text of which no more than the hash is left; too long for a number.
    case longText(hash: UInt64)

    /// The hash of what a client would see.
    var hash: UInt64 {
        switch self {
        case .bytes(let bytes): ContentHash.of(bytes)
        case .number(let number): ContentHash.of(number)
        case .longText(let hash): hash
        }
    }

    /// The element as a score; `nil` when it is none.
    var score: Double? {
        switch self {
        case .number(let number): Double(number)
        case .bytes(let bytes): bytes.count > 128 ? nil : Double(String(decoding: bytes, as: UTF8.self))
        case .longText: nil
        }
    }

    /// The element as a whole number; `nil` when it is none.
    var number: Int64? {
        switch self {
        case .number(let number): number
        case .bytes(let bytes): bytes.count > 20 ? nil : Int64(String(decoding: bytes, as: UTF8.self))
        case .longText: nil
        }
    }
}
