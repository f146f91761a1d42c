// SPDX-License-Identifier: Apache-2.0

/// Checks of UTF-8 that comes in pieces.
enum UTF8Chunk {
    /// How many bytes at the end of a piece are the beginning of a character whose rest may be in the next piece: 0 to 3.
    static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for (index, byte) in bytes.suffix(3).reversed().enumerated() {
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: return index < 1 ? index + 1 : 0
            case 0xE0...0xEF: return index < 2 ? index + 1 : 0
            case 0xF0...0xF4: return index + 1
            default: return 0
            }
        }
        return 0
    }

    /// Whether the bytes are UTF-8.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        // The standard library's own check, eight bytes of ASCII at a time. The text it makes is dropped.
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// Where the first character that is none begins.
    static func firstFault(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>.Index? {
        // Halving: everything before `start` is known to be valid and to end with a character's end.
        var start = bytes.startIndex
        var end = bytes.endIndex
        while end - start > 64 {
            var middle = start + (end - start) / 2
            middle -= unfinished(bytes[start..<middle])
            if middle > start, isValid(bytes[start..<middle]) { start = middle } else { end = max(middle, start + 1) }
        }
        var decoder = UTF8.ForwardParser()
        var rest = bytes[start...].makeIterator()
        while true {
            switch decoder.parseScalar(from: &rest) {
            case .valid(let scalar): start += scalar.count
            case .emptyInput: return nil
            case .error: return start
            }
        }
    }
}
