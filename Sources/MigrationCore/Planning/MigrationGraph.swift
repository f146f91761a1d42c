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
            for dependency in Set(migration.dependencies).sorted() {
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
        let files = Self.sorted(migrations, by: \.id) { ($0.path, $0.checksum.hexadecimal) }
        let entries = Self.sorted(history, by: \.id) { ($0.checksum.hexadecimal, $0.name ?? "") }
        nodes.reserveCapacity(max(files.count, entries.count))
        var next = 0
        for migration in files {
            while next < entries.count, entries[next].id < migration.id {
                appendEntry(from: entries, at: &next)
            }
            if let last = nodes.last, last.id == migration.id, let first = last.migration {
                refusals.append(.duplicate(first, migration))
                continue
            }
            nodes.append(Node(id: migration.id, migration: migration))
            while next < entries.count, entries[next].id == migration.id {
                appendEntry(from: entries, at: &next)
            }
        }
        while next < entries.count { appendEntry(from: entries, at: &next) }
    }

    /// Gives an entry to the node of its identity.
    ///
    /// A history has one entry for each identity. Where a table without a key has several, one that the file does not
    /// match counts: a doubt stops a run, and is not passed over.
    private mutating func appendEntry(from entries: [HistoryEntry], at next: inout Int) {
        let entry = entries[next]
        next += 1
        guard let last = nodes.last, last.id == entry.id else {
            return nodes.append(Node(id: entry.id, entry: entry))
        }
        if last.entry == nil || last.entry?.checksum == last.migration?.checksum {
            nodes[nodes.count - 1].entry = entry
        }
    }

    /// Sorted by identity; where that is the same, by the tie breaker, so that the order in the input never matters.
    ///
    /// Sources and stores mostly answer in order: then looking is enough.
    private static func sorted<Element>(
        _ elements: [Element], by id: (Element) -> MigrationID, then tieBreaker: (Element) -> (String, String)
    ) -> [Element] {
        let inOrder = zip(elements, elements.dropFirst()).allSatisfy { id($0) < id($1) }
        if inOrder { return elements }
        return elements.sorted { left, right in
            id(left) == id(right) ? tieBreaker(left) < tieBreaker(right) : id(left) < id(right)
        }
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
