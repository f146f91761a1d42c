// SPDX-License-Identifier: Apache-2.0

import Subprocess
import Synchronization

/// Our side of the supervisor: passes on requests, waits for replies, and cleans up itself should the supervisor be killed.
final class Supervisor: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<SupervisorReply, any Error>
    }

    private struct State {
        var conversation = SupervisorConversation()
        var waiter: Waiter?
        var requests = 0
        var end: ThrowawayPostgresError?
    }

    private let command: SupervisorCommand
    private let lifeLine: LifeLine
    private let state = Mutex(State())
    private let process = Mutex<Task<Void, Never>?>(nil)

    init(_ command: SupervisorCommand) throws(ThrowawayPostgresError) {
        self.command = command
        self.lifeLine = try LifeLine()
    }

    /// The postmaster's process while it accepts connections, or stops.
    var processID: Int32? { state.withLock { $0.conversation.processID } }

    /// Makes a request and waits for its end. Giving up, in time or by cancellation, leaves the server as it is then.
    func perform(_ request: SupervisorRequest, timeout: Duration) async throws -> SupervisorReply {
        let number = state.withLock { state in
            state.requests += 1
            return state.requests
        }
        let timer = Task {
            try await Task.sleep(for: timeout)
            giveUp(
                number,
                ThrowawayPostgresError(
                    .timedOut, "The server did not do as asked (\(request)) within \(timeout).",
                    folder: command.folder.path))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(request, Waiter(number: number, continuation: continuation))
                if Task.isCancelled { giveUp(number, CancellationError()) }
            }
        } onCancel: {
            giveUp(number, CancellationError())
        }
    }

    /// Closes the life-line and waits until the supervisor, and with it everything else, is gone.
    func end(keepingFolder: Bool) async {
        if keepingFolder { lifeLine.send("keep") }
        lifeLine.close()
        await process.withLock { $0 }?.value
    }

    /// Closes the life-line, without waiting.
    func letGo() { lifeLine.close() }

    private func begin(_ request: SupervisorRequest, _ waiter: Waiter) {
        let refusal: ThrowawayPostgresError? = state.withLock { state in
            if let end = state.end { return end }
            do throws(ThrowawayPostgresError) {
                try state.conversation.begin(request)
            } catch {
                return error
            }
            state.waiter = waiter
            return nil
        }
        if let refusal { return waiter.continuation.resume(throwing: refusal) }
        if let line = request.line { lifeLine.send(line) } else { launch() }
    }

    private func giveUp(_ number: Int, _ error: any Error) {
        let waiter: Waiter? = state.withLock { state in
            guard let waiter = state.waiter, waiter.number == number else { return nil }
            state.waiter = nil
            return waiter
        }
        waiter?.continuation.resume(throwing: error)
    }

    private func launch() {
        process.withLock { $0 = Task.detached { await self.run() } }
    }

    /// The supervisor's whole life. Its task is nobody's child and never cancelled: cancelling would kill the supervisor.
    private func run() async {
        var reason = "has been stopped"
        do {
            let result = try await Subprocess.run(
                command.supervise, input: .fileDescriptor(lifeLine.supervisorEnd, closeAfterSpawningProcess: false),
                output: .sequence, error: .discarded
            ) { execution in
                do {
                    for try await line in execution.standardOutput.strings() { receive(line) }
                } catch {
                    // Deaf to the supervisor, all that is left is to let it clean up.
                    lifeLine.close()
                }
            }
            if case .signaled(let signal) = result.terminationStatus {
                reason = "was killed by signal \(signal)"
                _ = try? await Subprocess.run(command.sweep, output: .discarded)
            }
        } catch {
            reason = "could not be started: \(error)"
        }
        finish(reason)
    }

    private func receive(_ line: String) {
        let (waiter, reply) = state.withLock { state -> (Waiter?, SupervisorReply?) in
            guard let reply = state.conversation.receive(line) else { return (nil, nil) }
            defer { state.waiter = nil }
            return (state.waiter, reply)
        }
        if let reply { waiter?.continuation.resume(returning: reply) }
    }

    private func finish(_ reason: String) {
        lifeLine.close()
        lifeLine.closeSupervisorEnd()
        let error = ThrowawayPostgresError(
            .supervisorLost,
            "The process that looks after the server \(reason); the server is gone. Start another one.",
            folder: command.folder.path)
        let waiter: Waiter? = state.withLock { state in
            state.conversation = SupervisorConversation()
            state.end = error
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.continuation.resume(throwing: error)
    }
}
