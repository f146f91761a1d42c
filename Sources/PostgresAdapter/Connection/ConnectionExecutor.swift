// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Runs the jobs of one connection, one after the other, on a thread that is not one of Swift's pool.
///
/// Waiting for a server blocks this thread and no other: the queue is serial, and Dispatch gives it a thread of its own
/// while it works. A task may prefer it for its other code too: then calls of the connection's actors switch no threads.
final class ConnectionExecutor: SerialExecutor, TaskExecutor {
    private let queue = DispatchQueue(label: "strata.postgres.connection")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // True for every job: whoever enqueued it, it has the one queue to itself.
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
