// SPDX-License-Identifier: Apache-2.0

import Testing

/// Runners at once, in every order in which their questions can reach the server, with faults at every point.
@Suite struct ExplorationTests {
    @Test(
        "each migration takes effect once and in order, nothing is lost, and everybody comes to an end",
        arguments: Scenario.all)
    func holds(_ scenario: Scenario) async throws {
        let result = try await Exploration(scenario).run()
        print(result)
        #expect(result.counterexample == nil, "\(result.counterexample?.description ?? "")")
        #expect(result.counterexample != nil || result.ends > 0)
    }

    /// Why a lock that does not end with its session is to be avoided: a run that went on without it met another in between.
    @Test(
        "a lock that is lost while its session lives can cost the order between branches, unless the history is fenced too"
    )
    func lostLockBetweenBranches() async throws {
        let result = try await Exploration(.branches.losingLocks()).run()
        let example = try #require(result.counterexample)
        print("model: \(example)")
        #expect(example.violation == "core:2 was recorded after core:3")

        let fenced = try await Exploration(.branches.losingLocks(fence: .lockAndHistory)).run()
        #expect(fenced.counterexample == nil, "\(fenced.counterexample?.description ?? "")")
    }
}
