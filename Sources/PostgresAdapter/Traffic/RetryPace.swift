// SPDX-License-Identifier: Apache-2.0

/// How long others are let pass before a transaction is tried again.
///
/// They get more time than they were held up for, or what waits for a long reader would stop the traffic for most of the
/// time that the reader stays.
struct RetryPace {
    /// A pause.
    struct Pause: Hashable {
        /// How long it lasts at least: the queue has to drain.
        var shortest: Duration
        /// How long it lasts when what was in the way is still there.
        var longest: Duration
    }

    private static let first = Duration.milliseconds(250)
    private static let last = Duration.seconds(8)
    /// Pauses grow with what was held up, but nobody waits for a migration for ever.
    private static let most = Duration.seconds(30)

    private var growing = Self.first

    /// The next pause.
    ///
    /// - Parameters:
    ///   - heldUp: For how long others had to wait.
    ///   - left: How long the transaction may be tried for from now on.
    ///   - share: A random number from 0 to 1, so that several that gave way do not meet again.
    /// - Returns: `nil` when there is no time for another try.
    mutating func next(heldUp: Duration, left: Duration, share: Double) -> Pause? {
        let jitter = 0.5 + share / 2
        let shortest = max(Self.first * jitter, min(heldUp, Self.most))
        let longest = max(shortest, max(growing, min(heldUp * 3, Self.most)) * jitter)
        growing = min(growing * 2, Self.last)
        guard shortest < left else { return nil }
        return Pause(shortest: shortest, longest: min(longest, left))
    }
}
