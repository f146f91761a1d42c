// SPDX-License-Identifier: Apache-2.0

/// Which states lead to which without a fault; states are numbered in the order in which they are left.
struct StateGraph {
    private var firstStep: [Int] = []
    private var steps: [UInt32] = []
    private var ends: [Bool] = []

    mutating func begin(isEnd: Bool) {
        firstStep.append(steps.count)
        ends.append(isEnd)
    }

    mutating func add(_ next: Int) {
        steps.append(UInt32(next))
    }

    /// A state from which no end can be reached, the nearest to the start: a deadlock, or a circle without a way out.
    func firstStateWithoutEnd() -> Int? {
        var reachesEnd = ends
        var changes = true
        while changes {
            changes = false
            var last = steps.count
            // What comes later is nearer to an end: backwards, a few rounds are enough.
            for state in firstStep.indices.reversed() {
                let range = firstStep[state]..<last
                last = firstStep[state]
                guard !reachesEnd[state] else { continue }
                for step in range where reachesEnd[Int(steps[step])] {
                    reachesEnd[state] = true
                    changes = true
                    break
                }
            }
        }
        return reachesEnd.firstIndex(of: false)
    }
}
