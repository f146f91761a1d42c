// SPDX-License-Identifier: Apache-2.0

/// What the real runner does after each sequence of answers.
///
/// Runners share nothing but the server, and a runner is told nothing but the server's answers: so what it does next is a
/// function of them. It is found out by running it, once for each place that is reached, and looked up from then on.
final class Behaviour {
    private struct Place {
        var stop: RunnerProcess.Stop
        /// The places on the way to this one, and the answer that each got.
        var way: [(place: Int, reply: Reply)]
        var next: [Reply: Int] = [:]
    }

    private struct Key: Hashable {
        var kind: Int
        var path: [Reply]
    }

    /// The same answers led to another question: the runner looks at something that the model does not have.
    struct NotAFunction: Error {
        var before: RunnerProcess.Stop
        var now: RunnerProcess.Stop
    }

    private let scenario: Scenario
    private var places: [Place] = []
    private var known: [Key: Int] = [:]
    /// How often a runner was started.
    private(set) var runs = 0

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    var placeCount: Int { places.count }

    func stop(at place: Int) -> RunnerProcess.Stop { places[place].stop }

    /// Where a runner is that was just started.
    func start(kind: Int) async throws -> Int {
        if let place = known[Key(kind: kind, path: [])] { return place }
        let process = RunnerProcess(scenario, kind: kind)
        let stop = await process.start()
        process.abandon()
        runs += 1
        return try add(Key(kind: kind, path: []), stop, way: [])
    }

    /// Where a runner is that was answered.
    func place(after reply: Reply, at place: Int, kind: Int) async throws -> Int {
        if let next = places[place].next[reply] { return next }
        let way = places[place].way + [(place, reply)]
        let process = RunnerProcess(scenario, kind: kind)
        defer { process.abandon() }
        runs += 1
        var stop = await process.start()
        for (before, reply) in way {
            try require(stop, asAt: before)
            stop = await process.answer(reply)
        }
        let next = try add(Key(kind: kind, path: process.path), stop, way: way)
        places[place].next[reply] = next
        return next
    }

    private func add(_ key: Key, _ stop: RunnerProcess.Stop, way: [(Int, Reply)]) throws -> Int {
        if let place = known[key] {
            try require(stop, asAt: place)
            return place
        }
        places.append(Place(stop: stop, way: way.map { (place: $0.0, reply: $0.1) }))
        known[key] = places.count - 1
        return places.count - 1
    }

    private func require(_ stop: RunnerProcess.Stop, asAt place: Int) throws {
        guard places[place].stop == stop else { throw NotAFunction(before: places[place].stop, now: stop) }
    }
}
