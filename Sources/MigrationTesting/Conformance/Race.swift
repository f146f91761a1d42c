// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A run of an operation that is given up when it takes too long, even if it does not heed its cancellation.
///
/// A task group would wait for the operation, and a store that hangs would hang the whole suite.
final class Race: Sendable {
    struct Overdue: Error {}

    private let waiting: Mutex<CheckedContinuation<Void, any Error>?>

    private init(_ continuation: CheckedContinuation<Void, any Error>) {
        waiting = Mutex(continuation)
    }

    static func run(limit: Duration, operation: @escaping @Sendable () async throws -> Void) async throws {
        let tasks = Mutex<[Task<Void, Never>]>([])
        defer { tasks.withLock { $0 }.forEach { $0.cancel() } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let race = Race(continuation)
                let work = Task {
                    do {
                        try await operation()
                        race.end(.success(()))
                    } catch {
                        race.end(.failure(error))
                    }
                }
                let alarm = Task {
                    guard (try? await ContinuousClock().sleep(for: limit)) != nil else { return }
                    race.end(.failure(Overdue()))
                }
                tasks.withLock { $0 = [work, alarm] }
            }
        } onCancel: {
            tasks.withLock { $0 }.first?.cancel()
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
