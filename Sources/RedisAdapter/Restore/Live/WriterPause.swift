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
    private let connection: RedisConnection
    private let length: Duration
    private let state = Mutex(State())
    private let renewal = Mutex<Task<Void, Never>?>(nil)

    private init(_ configuration: RedisConfiguration, _ connection: RedisConnection, _ length: Duration) {
        self.configuration = configuration
        self.connection = connection
        self.length = length
    }

    /// Begins.
    ///
    /// - Parameter length: How long writers wait after the last sign of life of ours.
    /// - Returns: The pause; `nil` when the server cannot do that, or does not allow it.
    static func begin(_ configuration: RedisConfiguration, length: Duration = .seconds(60)) async -> WriterPause? {
        guard let connection = try? await RedisConnection.open(configuration) else { return nil }
        let pause = WriterPause(configuration, connection, length)
        guard await pause.renew() else {
            await connection.close()
            return nil
        }
        pause.renewal.withLock {
            $0 = Task.detached {
                while !Task.isCancelled {
                    try? await Task.sleep(for: length / 6)
                    guard !Task.isCancelled, await pause.renew() else { return }
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
        let reply = try? await connection.ask(["CLIENT", "PAUSE", "\(milliseconds)", "WRITE"])
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
        renewal.withLock { $0?.cancel() }
        // Not a child of this task, which may have been cancelled.
        await Task.detached { [configuration, connection] in
            await connection.close()
            guard let other = try? await RedisConnection.open(configuration) else { return }
            _ = try? await other.ask(["CLIENT", "UNPAUSE"])
            await other.close()
        }.value
    }
}
