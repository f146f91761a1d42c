// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct StateGraphTests {
    /// The steps out of each state, by number.
    private func graph(_ steps: [[Int]], ends: Set<Int>) -> StateGraph {
        var graph = StateGraph()
        for (state, next) in steps.enumerated() {
            graph.begin(isEnd: ends.contains(state))
            next.forEach { graph.add($0) }
        }
        return graph
    }

    @Test("a circle that has a way out is no deadlock")
    func circleWithWayOut() {
        #expect(graph([[1], [2], [0, 3], []], ends: [3]).firstStateWithoutEnd() == nil)
        #expect(graph([[3], [], [1], [2, 0]], ends: [1]).firstStateWithoutEnd() == nil)
    }

    @Test("a circle without a way out is found, and so is a state that nothing leaves")
    func noWayOut() {
        #expect(graph([[1, 3], [2], [1], []], ends: [3]).firstStateWithoutEnd() == 1)
        #expect(graph([[1, 2], [], []], ends: [1]).firstStateWithoutEnd() == 2)
    }
}
