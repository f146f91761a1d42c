// SPDX-License-Identifier: Apache-2.0

/// A depth-first walk that puts requirements before what requires them, without recursion, so that a chain of any
/// length fits.
struct GraphWalk {
    private enum Mark { case unseen, open, done }

    private var marks: [Mark]
    /// The nodes that are done, requirements first.
    private(set) var order: [Int] = []

    init(count: Int) {
        marks = Array(repeating: .unseen, count: count)
        order.reserveCapacity(count)
    }

    /// Walks from a node. Each circle that is met is told, with its first node repeated at the end, and cut there.
    mutating func visit(_ root: Int, requirements: (Int) -> [Int], foundCircle: ([Int]) -> Void) {
        guard marks[root] == .unseen else { return }
        var path: [(node: Int, rest: ArraySlice<Int>)] = [(root, requirements(root)[...])]
        marks[root] = .open
        while let (node, rest) = path.last {
            guard let next = rest.first else {
                marks[node] = .done
                order.append(node)
                path.removeLast()
                continue
            }
            path[path.count - 1].rest = rest.dropFirst()
            switch marks[next] {
            case .done: break
            case .open: foundCircle(path.map(\.node).drop { $0 != next } + [next])
            case .unseen:
                marks[next] = .open
                path.append((next, requirements(next)[...]))
            }
        }
    }
}
