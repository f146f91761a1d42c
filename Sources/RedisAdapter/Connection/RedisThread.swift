// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Runs the jobs of one connection or file, one after the other, on a thread that is not one of Swift's pool: it may block.
final class RedisThread: SerialExecutor {
    private let queue = DispatchQueue(label: "strata.redis")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
