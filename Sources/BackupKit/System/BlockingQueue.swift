// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Runs calls that block, one after the other, on a thread that is none of those that Swift's tasks share.
struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: "strata.\(label)")
    }

    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
