// SPDX-License-Identifier: Apache-2.0

/// Searches that look at eight bytes at a time. Each returns `end` when there is nothing to find.
extension ByteView {
    /// A bit in each byte of `word` that is zero; only the lowest bit set is exact, and only that one is used.
    @inline(__always)
    private func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    @inline(__always)
    private func repeated(_ byte: UInt8) -> UInt64 {
        UInt64(byte) &* 0x0101_0101_0101_0101
    }

    /// The first place of `byte`.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int {
        let pattern = repeated(byte)
        var index = start
        while index &+ 8 <= end {
            let found = zeroBytes(word(at: index) ^ pattern)
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end, self[index] != byte { index &+= 1 }
        return index
    }

    /// Whether one of the bytes is zero. To know where would take longer.
    func hasNul(from start: Int, to end: Int) -> Bool {
        var found: UInt64 = 0
        var index = start
        while index &+ 8 <= end {
            let word = word(at: index)
            found |= (word &- 0x0101_0101_0101_0101) & ~word
            index &+= 8
        }
        if found & 0x8080_8080_8080_8080 != 0 { return true }
        while index < end {
            if self[index] == 0 { return true }
            index &+= 1
        }
        return false
    }

    /// How often `byte` stands in a range.
    func count(of byte: UInt8, from start: Int, to end: Int) -> Int {
        let pattern = repeated(byte)
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        var total = 0
        var index = start
        while index &+ 8 <= end {
            // Eight counters of eight bits each, which hold for 255 rounds. Simple enough to be done on vectors.
            var counters: UInt64 = 0
            let stop = index &+ min(255, (end &- index) / 8) &* 8
            while index < stop {
                let other = word(at: index) ^ pattern
                // One in each byte that is zero, and so the one that is looked for.
                counters &+= (~(((other & low) &+ low) | other) & ~low) &>> 7
                index &+= 8
            }
            for shift in stride(from: 0 as UInt64, to: 64, by: 8) { total &+= Int((counters &>> shift) & 0xFF) }
        }
        while index < end {
            if self[index] == byte { total &+= 1 }
            index &+= 1
        }
        return total
    }

    /// The first place of either byte.
    @inline(__always)
    func firstIndex(of one: UInt8, or other: UInt8, from start: Int, to end: Int) -> Int {
        let first = repeated(one)
        let second = repeated(other)
        var index = start
        while index &+ 8 <= end {
            let word = word(at: index)
            let found = zeroBytes(word ^ first) | zeroBytes(word ^ second)
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end, self[index] != one, self[index] != other { index &+= 1 }
        return index
    }

    /// The first place that is not of one of the `classes`.
    @inline(__always)
    func endOfRun(_ classes: UInt8, from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, isClass(classes, at: index) { index &+= 1 }
        return index
    }

    /// The first place that is of one of the `classes`.
    @inline(__always)
    func firstIndex(ofClass classes: UInt8, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 4 <= end {
            if isClass(classes, at: index) { return index }
            if isClass(classes, at: index &+ 1) { return index &+ 1 }
            if isClass(classes, at: index &+ 2) { return index &+ 2 }
            if isClass(classes, at: index &+ 3) { return index &+ 3 }
            index &+= 4
        }
        while index < end, !isClass(classes, at: index) { index &+= 1 }
        return index
    }

    /// Whether `bytes` stand at `index`; the caller knows that enough bytes are there.
    @inline(__always)
    func hasBytes(_ bytes: [UInt8], at index: Int) -> Bool {
        for (distance, byte) in bytes.enumerated() where self[index &+ distance] != byte { return false }
        return true
    }

    /// Whether `range` spells `lowercase`, letters in either case.
    @inline(__always)
    func spells(_ lowercase: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        for distance in 0..<range.count {
            // Within the literal's length, which was compared just above.
            let wanted = unsafe lowercase.utf8Start[distance]
            if lowercased(at: range.lowerBound &+ distance) != wanted { return false }
        }
        return true
    }
}
