// SPDX-License-Identifier: Apache-2.0

/// How far a set is proven. Each level needs the one before it.
public enum VerificationLevel: String, Codable, CaseIterable, Comparable, Hashable, Sendable, CustomStringConvertible {
    /// Every byte is the one that was written; nothing is missing, nothing is there that does not belong.
    case stored
    /// Every part was parsed from its first to its last byte.
    case readable
    /// Every part was restored into a throw-away server, and what is there then is what was there when it was saved.
    case restored

    public var description: String { rawValue }

    public static func < (left: Self, right: Self) -> Bool {
        left.number < right.number
    }

    private var number: Int {
        switch self {
        case .stored: 0
        case .readable: 1
        case .restored: 2
        }
    }
}
