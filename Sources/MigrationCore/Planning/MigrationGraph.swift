// SPDX-License-Identifier: Apache-2.0

/// Migrations and history entries as nodes, what comes before what, and the one order that follows from it.
///
/// Nodes are numbered by component and version. Each has its predecessor in its component before it, and its declared
/// dependencies.
struct MigrationGraph {
    struct Node {
        var id: MigrationID
        var migration: Migration?
        var entry: HistoryEntry?
    }

    /// Sorted by component, then version.
    private(set) var nodes: [Node] = []
    private(set) var refusals: [PlanRefusal] = []
    /// For each node, its declared dependencies, sorted.
    private var dependencies: [Int: [Int]] = [:]

    init(migrations: [Migration], history: [HistoryEntry]) {
        mergeNodes(migrations: migrations, history: history)
        let declaring = nodes.indices.filter { nodes[$0].migration?.dependencies.isEmpty == false }
        guard !declaring.isEmpty else { return }
        let known = Dictionary(uniqueKeysWithValues: zip(nodes.lazy.map(\.id), nodes.indices))
        for node in declaring {
            guard let migration = nodes[node].migration else { continue }
            var targets: Set<Int> = []
            for dependency in migration.dependencies {
                if let target = known[dependency], nodes[target].migration != nil {
                    targets.insert(target)
                } else {
                    refusals.append(.unknownDependency(migration, dependency))
                }
            }
            dependencies[node] = targets.sorted()
        }
    }

    private mutating func mergeNodes(migrations: [Migration], history: [HistoryEntry]) {
        let files = Self.sorted(migrations, by: \.id)
        let entries = Self.sorted(history, by: \.id)
        nodes.reserveCapacity(max(files.count, entries.count))
        var next = 0
        for migration in files {
            while next < entries.count, entries[next].id < migration.id {
                nodes.append(Node(id: entries[next].id, entry: entries[next]))
                next += 1
            }
            if let last = nodes.last, last.id == migration.id, let first = last.migration {
                let pair = [first, migration].sorted { $0.path < $1.path }
                refusals.append(.duplicate(pair[0], pair[1]))
                continue
            }
            var node = Node(id: migration.id, migration: migration)
            if next < entries.count, entries[next].id == migration.id {
                node.entry = entries[next]
                next += 1
            }
            nodes.append(node)
        }
        nodes.append(contentsOf: entries[next...].map { Node(id: $0.id, entry: $0) })
    }

    /// Sources and stores mostly answer in order: then looking is enough.
    private static func sorted<Element>(_ elements: [Element], by id: (Element) -> MigrationID) -> [Element] {
        let inOrder = zip(elements, elements.dropFirst()).allSatisfy { id($0) < id($1) }
        return inOrder ? elements : elements.sorted { id($0) < id($1) }
    }

    /// What has to come right before a node: its predecessor in its component and its declared dependencies.
    func requirements(of node: Int) -> [Int] {
        let declared = dependencies[node] ?? []
        guard node > 0, nodes[node - 1].id.component == nodes[node].id.component else { return declared }
        return [node - 1] + declared
    }

    /// All nodes in the order of execution, and a refusal for each circle that was met.
    ///
    /// Components are walked in their order, each by version; what a migration needs is put before it at that moment, and
    /// not earlier. The result depends on the nodes alone.
    func order(roots: some Sequence<Int>) -> (order: [Int], cycles: [PlanRefusal]) {
        var walk = GraphWalk(count: nodes.count)
        var cycles: [PlanRefusal] = []
        for root in roots {
            walk.visit(root, requirements: requirements(of:)) { circle in
                cycles.append(.dependencyCycle(circle.map { nodes[$0].id }))
            }
        }
        return (walk.order, cycles)
    }
}
