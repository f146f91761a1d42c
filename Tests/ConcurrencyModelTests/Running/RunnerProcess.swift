// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization

/// A real `MigrationRunner` that stands still whenever it asks the server something, until it is answered.
final class RunnerProcess: Sendable {
    /// Where a runner stands still.
    enum Stop: Hashable, Sendable {
        case asks(Call)
        case ended(Outcome)
    }

    private struct State {
        var task: Task<Void, Never>?
        var asker: CheckedContinuation<Reply, Never>?
        var driver: CheckedContinuation<Stop, Never>?
        var isAbandoned = false
        var sessions = 0
        var path: [Reply] = []
    }

    private let scenario: Scenario
    private let kind: RunnerKind
    private let state = Mutex(State())

    init(_ scenario: Scenario, kind: Int) {
        self.scenario = scenario
        self.kind = scenario.kinds[kind]
    }

    /// The answers that brought the runner to where it is, without those that made no difference.
    var path: [Reply] { state.withLock(\.path) }

    /// Starts the runner, and returns when it stands still.
    func start() async -> Stop {
        await withCheckedContinuation { driver in
            state.withLock { state in
                state.driver = driver
                state.task = Task { await self.run() }
            }
        }
    }

    /// Answers, and returns when the runner stands still again.
    func answer(_ reply: Reply) async -> Stop {
        await withCheckedContinuation { driver in
            let asker = state.withLock { state in
                state.driver = driver
                state.path.append(reply)
                if reply == .cancelled { state.task?.cancel() }
                defer { state.asker = nil }
                return state.asker
            }
            asker?.resume(returning: reply)
        }
    }

    /// Ends the runner, whatever it is doing: nothing that it asks any more is seen.
    func abandon() {
        let asker = state.withLock { state in
            state.isAbandoned = true
            defer { state.asker = nil }
            return state.asker
        }
        asker?.resume(returning: .abandoned)
    }

    /// Called by sessions.
    func ask(_ request: Request, session: Int) async -> Reply {
        await withCheckedContinuation { asker in
            let driver: CheckedContinuation<Stop, Never>? = state.withLock { state in
                guard !state.isAbandoned else { return nil }
                state.asker = asker
                defer { state.driver = nil }
                return state.driver
            }
            guard let driver else { return asker.resume(returning: .abandoned) }
            driver.resume(returning: .asks(Call(session: session, request: request)))
        }
    }

    /// Called by a session that is where it was before, after so many answers.
    func forget(after count: Int) {
        state.withLock { $0.path.removeSubrange(count...) }
    }

    func nextSession() -> Int {
        state.withLock { state in
            defer { state.sessions += 1 }
            return state.sessions
        }
    }

    private func run() async {
        let outcome = await outcome()
        let driver = state.withLock { state in
            defer { state.driver = nil }
            return state.driver
        }
        driver?.resume(returning: .ended(outcome))
    }

    private func outcome() async -> Outcome {
        let runner = MigrationRunner(
            source: ModelSource(scenario: scenario, folder: kind.folder),
            store: ModelStore(scenario: scenario, process: self), options: kind.options)
        do throws(MigrationError) {
            let report =
                switch kind.command {
                case .apply: try await runner.applyPending()
                case .fake(let index): try await runner.fake(scenario.migrations[index].migration.id)
                }
            return Outcome(applied: applied(report))
        } catch {
            let message = error.description.split(separator: "\n").joined(separator: " ")
            return Outcome(code: error.code, message: message, applied: applied(error.report))
        }
    }

    private func applied(_ report: MigrationReport) -> UInt64 {
        (report.applied.map(\.migration) + report.recorded).reduce(0) { $0 | 1 << UInt64(scenario.index(of: $1.id)) }
    }
}
