// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Makes those who write to a server wait (`CLIENT PAUSE … WRITE`), and knows whether that was without a gap.
///
/// It ends by itself soon after this process does.
final class WriterPause: Sendable {
    private struct State {
        /// Until when the server holds writers at least.
        var end: ContinuousClock.Instant?
        var isUnbroken = true
    }

    private let configuration: RedisConfiguration
    private let state = Mutex(State())
    private let renewal = Mutex<Task<Void, Never>?>(nil)

    private init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    /// How long writers wait after the last sign of life of ours.
    private var length: Duration { configuration.pauseLength }

    /// Begins.
    ///
    /// - Returns: The pause; `nil` when the server cannot do that, or does not allow it.
    static func begin(_ configuration: RedisConfiguration) async -> WriterPause? {
        let pause = WriterPause(configuration)
        guard await pause.renew() else { return nil }
        pause.renewal.withLock {
            $0 = Task.detached {
                while !Task.isCancelled {
                    try? await Task.sleep(for: pause.length / 6)
                    guard !Task.isCancelled else { return }
                    // Goes to its end: one that was sent and not waited for could begin the pause again when it is over.
                    guard await Task.detached(operation: { await pause.renew() }).value else { return }
                }
            }
        }
        return pause
    }

    /// Makes it last for another while.
    ///
    /// - Returns: Whether nobody can have written since the beginning.
    @discardableResult
    func renew() async -> Bool {
        let sent = ContinuousClock.now
        let milliseconds = length.components.seconds * 1000 + length.components.attoseconds / 1_000_000_000_000_000
        // Each time over a connection of its own: the server may end those that are idle.
        let reply = try? await RedisConnection.asking(
            configuration, ["CLIENT", "PAUSE", "\(milliseconds)", "WRITE"])
        let isHeld = reply.map { $0.error == nil } ?? false
        return state.withLock { state in
            if !isHeld { state.isUnbroken = false }
            // The answer came after what was agreed before was over: there may have been a moment for others.
            if let end = state.end, ContinuousClock.now >= end { state.isUnbroken = false }
            if isHeld { state.end = sent + length }
            return state.isUnbroken
        }
    }

    /// Lets writers go on.
    func end() async {
        let renewal = renewal.withLock(\.self)
        renewal?.cancel()
        // Not a child of this task, which may have been cancelled.
        await Task.detached { [configuration] in
            await renewal?.value
            _ = try? await RedisConnection.asking(configuration, ["CLIENT", "UNPAUSE"])
        }.value
    }
}
