// SPDX-License-Identifier: Apache-2.0

import Testing

/// The exploration runs one runner at a time and looks up what it does from then on. That several at once do the same is
/// seen by letting them live side by side.
@Suite struct LiveRunnersTests {
    @Test("runners that live at the same time do what each of them does alone", arguments: Scenario.all)
    func walk(_ scenario: Scenario) async throws {
        var random = Randomness(seed: 4)
        let behaviour = Behaviour(scenario)
        let transitions = Transitions(scenario, behaviour, Rules(scenario: scenario))
        var steps = 0
        for _ in 0..<20 {
            var walk = Walk(scenario, behaviour, transitions)
            try await walk.start()
            while try await walk.step(&random) { steps += 1 }
        }
        #expect(steps > 20 * scenario.runners.count)
    }
}

/// One way through a scenario, with a living process on each runner's seat.
private struct Walk {
    private struct Place {
        var seat: Seat
        var process: RunnerProcess?
    }

    private let scenario: Scenario
    private let behaviour: Behaviour
    private let transitions: Transitions
    private var shared: SharedState
    private var places: [Place] = []

    init(_ scenario: Scenario, _ behaviour: Behaviour, _ transitions: Transitions) {
        self.scenario = scenario
        self.behaviour = behaviour
        self.transitions = transitions
        shared = SharedState(scenario)
    }

    mutating func start() async throws {
        for kind in scenario.runners { places.append(try await seat(try await transitions.fresh(kind: kind))) }
    }

    /// Takes one step that can be taken; `false` when everybody is over.
    mutating func step(_ random: inout Randomness) async throws -> Bool {
        var possible: [(place: Int, edge: Edge)] = []
        for index in places.indices {
            var others = Surroundings()
            for (number, place) in places.enumerated() where number != index { others.add(place.seat.surroundings) }
            let edges = try await transitions.edges(of: places[index].seat, shared, beside: others)
            possible += edges.map { (index, $0) }
        }
        guard let (index, edge) = possible.randomElement(using: &random) else {
            #expect(places.isEmpty, "somebody is left who cannot go on")
            return false
        }
        let process = places.remove(at: index).process
        shared = edge.shared
        if let (reply, stop) = edge.answered {
            let now = await process?.answer(reply)
            #expect(now == stop)
        }
        let goesOn = edge.answered != nil || edge.event.leavesRunner
        if !goesOn { process?.abandon() }
        for seat in edge.seats {
            let keeps = goesOn && seat.isRunner
            places.append(keeps ? Place(seat: seat, process: process) : try await self.seat(seat))
        }
        return true
    }

    private func seat(_ seat: Seat) async throws -> Place {
        guard case .runner(let runner) = seat else { return Place(seat: seat) }
        let process = RunnerProcess(scenario, kind: runner.kind)
        let stop = await process.start()
        #expect(stop == behaviour.stop(at: runner.place))
        return Place(seat: seat, process: process)
    }
}

extension Seat {
    fileprivate var isRunner: Bool { if case .runner = self { true } else { false } }
}

extension Edge.Event {
    /// Whether the runner lives on although it is told nothing.
    fileprivate var leavesRunner: Bool {
        switch self {
        case .fault(.endSession, _), .fault(.loseLock, _): true
        default: false
        }
    }
}

extension Surroundings {
    fileprivate mutating func add(_ other: Surroundings) {
        if other.isLockTaken { isLockTaken = true }
        openRows |= other.openRows
    }
}

/// SplitMix64: the same numbers in each run.
private struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
