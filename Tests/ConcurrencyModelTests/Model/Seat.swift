// SPDX-License-Identifier: Apache-2.0

/// Who can take the next step: a runner, or a session that the server still has although its client is gone.
enum Seat: Hashable, Sendable {
    case runner(RunnerState)
    /// `pending` was sent before the client went, and the server may still carry it out.
    case orphan(Session, pending: Request?)

    /// What the others see of it.
    var surroundings: Surroundings {
        var result = Surroundings()
        switch self {
        case .runner(let runner): runner.sessions.forEach { result.add($0) }
        case .orphan(let session, _): result.add(session)
        }
        return result
    }
}

/// A runner, where it stands still.
struct RunnerState: Hashable, Sendable {
    var kind: Int
    /// The place in the runner's ``Behaviour``.
    var place: Int
    /// Its sessions as the server sees them.
    var sessions: [Session] = []
    var hurt: Hurt = []
}

/// One thing that can happen next.
struct Edge: Sendable {
    enum Event: Hashable, Sendable {
        case answer(Request, Reply)
        case fault(Fault, at: Request)
        /// The server carries out what it got from a client that is gone.
        case serverCompletes(Request)
        /// The server notices that a client is gone.
        case serverEndsSession
    }

    var event: Event
    /// What the runner is answered, and where it stands still then; `nil` when it is not told anything.
    var answered: (reply: Reply, stop: RunnerProcess.Stop)?
    var shared: SharedState
    /// Who takes the seat's place: nobody when its runner came to its end.
    var seats: [Seat]
    var violation: String?

    var isFault: Bool { if case .fault = event { true } else { false } }
}
