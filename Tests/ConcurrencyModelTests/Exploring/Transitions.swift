// SPDX-License-Identifier: Apache-2.0

/// Everything that can happen next to one seat.
struct Transitions {
    let scenario: Scenario
    let behaviour: Behaviour
    let rules: Rules
    private let server: ModelServer

    init(_ scenario: Scenario, _ behaviour: Behaviour, _ rules: Rules) {
        self.scenario = scenario
        self.behaviour = behaviour
        self.rules = rules
        server = ModelServer(scenario: scenario)
    }

    func fresh(kind: Int) async throws -> Seat {
        .runner(RunnerState(kind: kind, place: try await behaviour.start(kind: kind)))
    }

    func edges(of seat: Seat, _ shared: SharedState, beside others: Surroundings) async throws -> [Edge] {
        switch seat {
        case .orphan(let session, let pending): return edges(ofOrphan: session, pending, shared, beside: others)
        case .runner(let runner):
            guard case .asks(let call) = behaviour.stop(at: runner.place) else { return [] }
            var edges: [Edge] = []
            if let answer = try await answer(to: call, runner, shared, beside: others) { edges.append(answer) }
            guard shared.faultsLeft > 0 else { return edges }
            for fault in Fault.allCases where scenario.faults.contains(fault) {
                var shared = shared
                shared.faultsLeft -= 1
                if let edge = try await edge(fault, call, runner, shared, beside: others) { edges.append(edge) }
            }
            return edges
        }
    }

    private func answer(
        to call: Call, _ runner: RunnerState, _ shared: SharedState, beside others: Surroundings
    ) async throws -> Edge? {
        var (runner, shared) = (runner, shared)
        if call.session == runner.sessions.count { runner.sessions.append(Session()) }
        var reply = Reply.lost
        if runner.sessions[call.session].life == .alive {
            // Two sessions of one runner see each other, too.
            var others = others
            for (number, session) in runner.sessions.enumerated() where number != call.session { others.add(session) }
            guard let answer = server.serve(call.request, &runner.sessions[call.session], &shared, beside: others)
            else { return nil }
            reply = answer
        }
        if reply == .failed(ModelServer.statementFailed) { runner.hurt.insert(.statementFailed) }
        return try await edge(.answer(call.request, reply), runner, reply, shared)
    }

    private func edge(
        _ fault: Fault, _ call: Call, _ runner: RunnerState, _ shared: SharedState, beside others: Surroundings
    ) async throws -> Edge? {
        var (runner, shared) = (runner, shared)
        let event = Edge.Event.fault(fault, at: call.request)
        let isAlive = call.session < runner.sessions.count && runner.sessions[call.session].life == .alive
        switch fault {
        case .crash:
            let orphans = runner.sessions.indices.compactMap { orphan(runner, $0, call, &shared) }
            return Edge(event: event, shared: shared, seats: [try await fresh(kind: runner.kind)] + orphans)
        case .cut:
            guard isAlive || call.request == .open else { return nil }
            let orphan = isAlive ? orphan(runner, call.session, call, &shared) : nil
            if !isAlive { runner.sessions.append(.ended) }
            runner.sessions[call.session] = .ended
            runner.hurt.insert(.losing(call.request))
            var edge = try await edge(event, runner, .lost, shared)
            edge.seats += [orphan].compactMap(\.self)
            return edge
        case .endSession:
            guard isAlive else { return nil }
            server.end(&runner.sessions[call.session], &shared)
            runner.hurt.insert(.losing(call.request))
            return Edge(event: event, shared: shared, seats: [.runner(runner)])
        case .loseLock:
            guard isAlive, runner.sessions[call.session].holdsLock else { return nil }
            runner.sessions[call.session].holdsLock = false
            runner.hurt.insert(.lockLost)
            return Edge(event: event, shared: shared, seats: [.runner(runner)])
        case .cancel:
            // A commit is not interrupted, and neither is cleaning up.
            guard isAlive, !call.request.isCommit, call.request != .rollBack, call.request != .close else { return nil }
            runner.hurt.insert(.cancelled)
            return try await edge(event, runner, .cancelled, shared)
        case .deadline:
            guard isAlive, call.request == .tryLock, others.isLockTaken else { return nil }
            runner.hurt.insert(.expired)
            return try await edge(event, runner, .expired, shared)
        }
    }

    /// A runner that got an answer.
    private func edge(
        _ event: Edge.Event, _ runner: RunnerState, _ reply: Reply, _ shared: SharedState
    ) async throws -> Edge {
        var runner = runner
        runner.place = try await behaviour.place(after: reply, at: runner.place, kind: runner.kind)
        let stop = behaviour.stop(at: runner.place)
        var edge = Edge(event: event, answered: (reply, stop), shared: shared, seats: [.runner(runner)])
        if case .ended(let outcome) = stop {
            edge.seats = []
            edge.violation = rules.violation(
                outcome, of: scenario.kinds[runner.kind], hurt: runner.hurt, sessions: runner.sessions, shared)
        }
        return edge
    }

    /// A session whose client is gone, unless nobody sees a difference between it and none.
    private func orphan(_ runner: RunnerState, _ number: Int, _ call: Call, _ shared: inout SharedState) -> Seat? {
        var session = runner.sessions[number]
        guard session.life == .alive else { return nil }
        let pending = number == call.session && call.request.outlivesItsClient ? call.request : nil
        guard session.keepsOthersOut || session.openRows != 0 || pending != nil else {
            server.end(&session, &shared)
            return nil
        }
        return .orphan(session, pending: pending)
    }

    private func edges(
        ofOrphan session: Session, _ pending: Request?, _ shared: SharedState, beside others: Surroundings
    ) -> [Edge] {
        var edges: [Edge] = []
        var (served, after) = (session, shared)
        if let pending, server.serve(pending, &served, &after, beside: others) != nil {
            edges.append(
                Edge(event: .serverCompletes(pending), shared: after, seats: [.orphan(served, pending: nil)]))
        }
        var (ended, rest) = (session, shared)
        server.end(&ended, &rest)
        edges.append(Edge(event: .serverEndsSession, shared: rest, seats: []))
        return edges
    }
}
