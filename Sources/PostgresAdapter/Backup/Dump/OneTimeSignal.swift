// SPDX-License-Identifier: Apache-2.0

/// Something that happens once, and that one task waits for.
struct OneTimeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// It has happened. Calling it again does no harm.
    func give() { continuation.finish() }

    /// Returns when it has happened.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before.
    func wait() async throws {
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
