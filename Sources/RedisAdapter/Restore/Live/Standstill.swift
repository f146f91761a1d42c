// SPDX-License-Identifier: Apache-2.0

/// Tells when nothing moves any more in a server that is looked at ten times a second. Pure.
struct Standstill: Sendable {
    /// After so many looks that all show the same, nobody waits any longer: half an hour.
    private static let longest = 18000

    private var looks = 0
    private var last: [String?] = []

    /// - Parameter signs: What moves as long as the server works.
    mutating func isReached(_ signs: [String?]) -> Bool {
        looks = signs == last ? looks + 1 : 0
        last = signs
        return looks > Self.longest
    }
}
