// SPDX-License-Identifier: Apache-2.0

/// A state of the whole system in a few words: the number of what is committed, and the sorted numbers of the seats.
///
/// Seats are sorted because runners of the same kind in the same place are interchangeable.
struct StateKey: Hashable {
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64)

    /// How many seats a state has room for.
    static let seatLimit = 9

    init(shared: UInt32, seats: [UInt32]) {
        precondition(
            seats.count <= Self.seatLimit, "a state has room for \(Self.seatLimit) seats; use fewer runners or faults")
        let parts = [shared] + seats + Array(repeating: 0, count: Self.seatLimit - seats.count)
        func word(_ index: Int) -> UInt64 { UInt64(parts[2 * index]) | UInt64(parts[2 * index + 1]) << 32 }
        words = (word(0), word(1), word(2), word(3), word(4))
    }

    var shared: UInt32 { Self.low(words.0) }

    var seats: [UInt32] {
        let all = [
            Self.high(words.0), Self.low(words.1), Self.high(words.1), Self.low(words.2), Self.high(words.2),
            Self.low(words.3), Self.high(words.3), Self.low(words.4), Self.high(words.4),
        ]
        return Array(all.prefix { $0 > 0 })
    }

    private static func low(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    private static func high(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
        hasher.combine(words.4)
    }
}
