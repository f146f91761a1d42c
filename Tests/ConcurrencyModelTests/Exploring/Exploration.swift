// SPDX-License-Identifier: Apache-2.0

/// Visits every state that a scenario can come to, the nearest first.
final class Exploration {
    /// What was seen.
    struct Result {
        var scenario: Scenario
        var states = 0
        var steps = 0
        var ends = 0
        var runs = 0
        var counterexample: Counterexample?
    }

    /// The number form of an ``Edge``.
    struct Step {
        var shared: UInt32
        var seats: [UInt32]
        var isFault: Bool
        var edge: Edge
        var violation: String?
    }

    private struct StepKey: Hashable {
        var shared: UInt32
        var seat: UInt32
        var others: Surroundings
    }

    /// How a state was come to first.
    struct Origin {
        var state: Int
        var position: Int
        var step: Int
    }

    let scenario: Scenario
    private let rules: Rules
    private let behaviour: Behaviour
    private let transitions: Transitions
    private var shared = Numbering<SharedState>()
    private var seats = Numbering<Seat>()
    private var surroundings: [Surroundings] = []
    private var stepsOf: [StepKey: [Step]] = [:]
    private var endsOf: [UInt32: Counterexample?] = [:]

    private var numbers: [StateKey: Int] = [:]
    private var states: [StateKey] = []
    private var origins: [Origin] = []
    private var graph = StateGraph()

    init(_ scenario: Scenario) {
        self.scenario = scenario
        rules = Rules(scenario: scenario)
        behaviour = Behaviour(scenario)
        transitions = Transitions(scenario, behaviour, rules)
    }

    /// Visits all states, or those up to the first violation.
    func run() async throws -> Result {
        var result = Result(scenario: scenario)
        var start: [UInt32] = []
        for kind in scenario.runners { start.append(number(of: try await transitions.fresh(kind: kind))) }
        visit(
            StateKey(shared: number(of: SharedState(scenario)).number, seats: start.sorted()),
            from: Origin(state: -1, position: 0, step: 0))

        var current = 0
        while current < states.count, result.counterexample == nil {
            result.counterexample = try await leave(current, &result)
            current += 1
        }
        if result.counterexample == nil, let stuck = graph.firstStateWithoutEnd() {
            result.counterexample = Counterexample("nobody comes to an end any more", try await trace(to: stuck))
        }
        result.states = states.count
        result.runs = behaviour.runs
        return result
    }

    /// Takes every step out of a state; returns what is wrong with one of them.
    private func leave(_ state: Int, _ result: inout Result) async throws -> Counterexample? {
        let key = states[state]
        let seats = key.seats
        graph.begin(isEnd: seats.isEmpty)
        if seats.isEmpty {
            result.ends += 1
            guard let problem = try await problemAfterEnd(key.shared) else { return nil }
            return Counterexample(problem.violation, try await trace(to: state) + problem.trace)
        }
        for position in seats.indices where position == 0 || seats[position] != seats[position - 1] {
            let steps = try await steps(from: key, seats, position)
            for index in steps.indices {
                result.steps += 1
                if let violation = steps[index].violation {
                    let last = Origin(state: state, position: position, step: index)
                    return Counterexample(violation, try await trace(to: state, then: last))
                }
                let next = visit(
                    Self.key(after: steps[index], seats, position),
                    from: Origin(state: state, position: position, step: index))
                if !steps[index].isFault { graph.add(next) }
            }
        }
        return nil
    }

    private static func key(after step: Step, _ seats: [UInt32], _ position: Int) -> StateKey {
        var seats = seats
        seats.remove(at: position)
        seats += step.seats
        seats.sort()
        return StateKey(shared: step.shared, seats: seats)
    }

    @discardableResult
    private func visit(_ key: StateKey, from origin: Origin) -> Int {
        if let number = numbers[key] { return number }
        numbers[key] = states.count
        states.append(key)
        origins.append(origin)
        return states.count - 1
    }

    private func number(of seat: Seat) -> UInt32 {
        let (number, isNew) = seats.number(of: seat)
        if isNew { surroundings.append(seat.surroundings) }
        return number
    }

    private func number(of state: SharedState) -> (number: UInt32, violation: String?) {
        let (number, isNew) = shared.number(of: state)
        return (number, isNew ? rules.violation(in: state) : nil)
    }

    private func steps(from key: StateKey, _ list: [UInt32], _ position: Int) async throws -> [Step] {
        var others = Surroundings()
        for (index, seat) in list.enumerated() where index != position {
            let its = surroundings[Int(seat) - 1]
            if its.isLockTaken { others.isLockTaken = true }
            others.openRows |= its.openRows
        }
        let stepKey = StepKey(shared: key.shared, seat: list[position], others: others)
        if let known = stepsOf[stepKey] { return known }
        let edges = try await transitions.edges(of: seats[list[position]], shared[key.shared], beside: others)
        let steps = edges.map { edge in
            let (number, violation) = number(of: edge.shared)
            return Step(
                shared: number, seats: edge.seats.map { self.number(of: $0) }, isFault: edge.isFault, edge: edge,
                violation: edge.violation ?? violation)
        }
        stepsOf[stepKey] = steps
        return steps
    }

    /// Lets one more runner do what is left, undisturbed.
    private func problemAfterEnd(_ number: UInt32) async throws -> Counterexample? {
        guard let last = scenario.last else { return nil }
        if let known = endsOf[number] { return known }
        var state = shared[number]
        state.faultsLeft = 0
        var seat = try await transitions.fresh(kind: last)
        var trace: [String] = []
        var problem: String?
        var seen: Set<Seat> = []
        loop: while true {
            // What it does not change does not bring it further.
            guard seen.insert(seat).inserted,
                let edge = try await transitions.edges(of: seat, state, beside: Surroundings()).first
            else {
                problem = "one more runner does not come to an end"
                break
            }
            if edge.shared != state { seen = [] }
            trace.append("one more runner: \(edge.event)")
            state = edge.shared
            problem = edge.violation ?? rules.violation(in: state)
            guard problem == nil, let next = edge.seats.first else { break loop }
            seat = next
        }
        problem = problem ?? rules.violationAtTheEnd(state)
        let counterexample = problem.map { Counterexample($0, trace) }
        endsOf[number] = counterexample
        return counterexample
    }
}

extension Exploration {
    /// The steps from the start to a state, for people.
    private func trace(to state: Int, then last: Origin? = nil) async throws -> [String] {
        var chain: [Int] = []
        var current = state
        while origins[current].state >= 0 {
            chain.append(current)
            current = origins[current].state
        }
        var lines: [String] = []
        var names = states[current].seats.indices.map { "runner \($0 + 1)" }
        for origin in chain.reversed().map({ origins[$0] }) + [last].compactMap(\.self) {
            let list = states[origin.state].seats
            let step = try await steps(from: states[origin.state], list, origin.position)[origin.step]
            lines.append("\(names[origin.position]): \(step.edge.event)")
            var named = Array(zip(list, names))
            let name = named.remove(at: origin.position).1
            named += step.seats.map { ($0, name) }
            names = named.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return lines
    }
}
