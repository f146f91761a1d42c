// SPDX-License-Identifier: Apache-2.0

/// Where what is copied under the lock goes, so that writers are not held for long.
enum HoldPlan: Hashable, Sendable {
    /// Straight into the set.
    case direct
    /// Into a hidden folder beside the store first, and from there into the set when the writers are free again.
    case beside
    /// Nowhere: it would take so many seconds.
    case tooSlow(seconds: Double)

    /// So little is copied within a moment anywhere.
    static let small: Int64 = 16 << 20

    /// - Parameters:
    ///   - bytes: What has to be copied under the lock.
    ///   - isSameDevice: Whether the set is on the store's file system. Then a folder beside the store is no faster.
    ///   - rate: How many bytes a second the set takes; asked for only when it matters.
    ///   - room: How many bytes fit beside the store.
    ///   - limit: For how many seconds writers may be held.
    static func decide(
        bytes: Int64, isSameDevice: Bool, room: Int64, limit: Double, rate: () throws -> Double
    ) rethrows -> HoldPlan {
        if isSameDevice || bytes <= small { return .direct }
        let seconds = try Double(bytes) / max(1, rate())
        // What was measured may be twice as slow a moment later.
        if seconds * 2 <= limit { return .direct }
        if hasRoom(for: bytes, room) { return .beside }
        return seconds <= limit ? .direct : .tooSlow(seconds: seconds)
    }

    /// Whether a copy fits beside the store and leaves it room to grow.
    static func hasRoom(for bytes: Int64, _ room: Int64) -> Bool { room >= bytes + bytes / 4 + small }
}
