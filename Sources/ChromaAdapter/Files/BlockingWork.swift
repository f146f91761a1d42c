// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization

/// Runs what waits for disks and locks on a thread that is not one of Swift's pool.
enum BlockingWork {
    /// - Parameter body: Told by the interruption when the task is cancelled; it has to look often.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable (Interruption) throws -> Result
    ) async throws -> Result {
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue(label: "strata.chroma").async {
                    continuation.resume(with: Swift.Result { try body(interruption) })
                }
            }
        } onCancel: {
            interruption.set()
        }
    }
}

/// Says that somebody wants work to end.
final class Interruption: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }

    /// Throws `CancellationError` when it is set.
    func check() throws {
        if isSet { throw CancellationError() }
    }
}
