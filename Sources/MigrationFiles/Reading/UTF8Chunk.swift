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
    ///
    /// Our own, because the standard library's check is slower than the disk as soon as a text has a few letters beyond ASCII.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                // Eight letters of ASCII at once.
                if index &+ 8 <= bytes.count,
                    unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index &+= 8
                    continue
                }
                let length = unsafe length(ofCharacterAt: index, in: bytes)
                if length == 0 { return false }
                index &+= length
            }
            return true
        }
    }

    /// How many bytes a character has; 0 for what is none (Unicode Standard, table 3-7).
    @inline(__always)
    private static func length(ofCharacterAt index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        /// Whether a byte is there and within the bounds.
        func has(_ distance: Int, _ low: UInt8, _ high: UInt8) -> Bool {
            guard index &+ distance < bytes.count else { return false }
            let byte = unsafe bytes[index &+ distance]
            return byte >= low && byte <= high
        }
        switch unsafe bytes[index] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return has(1, 0x80, 0xBF) ? 2 : 0
        case 0xE0: return has(1, 0xA0, 0xBF) && has(2, 0x80, 0xBF) ? 3 : 0
        case 0xED: return has(1, 0x80, 0x9F) && has(2, 0x80, 0xBF) ? 3 : 0
        case 0xE1...0xEF: return has(1, 0x80, 0xBF) && has(2, 0x80, 0xBF) ? 3 : 0
        case 0xF0: return has(1, 0x90, 0xBF) && has(2, 0x80, 0xBF) && has(3, 0x80, 0xBF) ? 4 : 0
        case 0xF1...0xF3: return has(1, 0x80, 0xBF) && has(2, 0x80, 0xBF) && has(3, 0x80, 0xBF) ? 4 : 0
        case 0xF4: return has(1, 0x80, 0x8F) && has(2, 0x80, 0xBF) && has(3, 0x80, 0xBF) ? 4 : 0
        default: return 0
        }
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
