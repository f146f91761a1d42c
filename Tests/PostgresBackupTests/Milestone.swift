// SPDX-License-Identifier: Apache-2.0

/// A point that a task reaches, if it does not end before.
struct Milestone: Sendable {
    /// The task ended without having been there, and without an error.
    struct Missed: Error {}

    private let stream = AsyncStream<Void>.makeStream()

    /// Starts the task, which tells when it is there.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (_ reached: @escaping @Sendable () -> Void) async throws -> Result
    ) -> Task<Result, any Error> {
        Task {
            defer { stream.continuation.finish() }
            return try await body { stream.continuation.yield() }
        }
    }

    /// Waits until the task is there; throws its error where it never comes there.
    func wait(for task: Task<some Sendable, any Error>) async throws {
        for await _ in stream.stream { return }
        _ = try await task.value
        throw Missed()
    }
}
