// SPDX-License-Identifier: Apache-2.0

/// Migrations and history entries as nodes, what comes before what, and the one order that follows from it.
///
/// Nodes are numbered by component and version. Each has its predecessor in its component before it, and its declared
/// dependencies.
struct MigrationGraph {
    /// Files and entries are large, so a node holds their places.
    struct Node {
        let id: MigrationID
        fileprivate(set) var file: Int?
        fileprivate(set) var entry: Int?
    }

    /// Sorted by component, then version.
    private(set) var nodes: [Node] = []
    private(set) var refusals: [PlanRefusal] = []
    private let files: [Migration]
    private let entries: [HistoryEntry]
    /// For each node, its declared dependencies, sorted.
    private var dependencies: [Int: [Int]] = [:]

    init(migrations: [Migration], history: [HistoryEntry]) {
        files = IdentityOrder.sorted(migrations, by: \.id) { ($0.path, $0.checksum.hexadecimal) }
        entries = IdentityOrder.sorted(history, by: \.id) { ($0.checksum.hexadecimal, $0.name ?? "") }
        mergeNodes()
        findDependencies()
    }

    /// The migration of a node, if the source has it.
    func migration(of node: Int) -> Migration? { nodes[node].file.map { files[$0] } }

    /// The history's entry of a node, if it has one.
    func entry(of node: Int) -> HistoryEntry? { nodes[node].entry.map { entries[$0] } }

    private mutating func findDependencies() {
        let declaring = nodes.indices.filter { node in nodes[node].file.map { !files[$0].dependencies.isEmpty } ?? false
        }
        guard !declaring.isEmpty else { return }
        let known = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].id, $0) })
        for node in declaring {
            guard let migration = migration(of: node) else { continue }
            var targets: Set<Int> = []
            for dependency in Set(migration.dependencies).sorted() {
                if let target = known[dependency], nodes[target].file != nil {
                    targets.insert(target)
                } else {
                    refusals.append(.unknownDependency(migration, dependency))
                }
            }
            dependencies[node] = targets.sorted()
        }
    }

    private mutating func mergeNodes() {
        nodes.reserveCapacity(max(files.count, entries.count))
        var next = 0
        for file in files.indices {
            while next < entries.count, entries[next].id < files[file].id {
                appendEntry(at: &next)
            }
            if let last = nodes.last, last.id == files[file].id, let first = last.file {
                refusals.append(.duplicate(files[first], files[file]))
                continue
            }
            nodes.append(Node(id: files[file].id, file: file))
            while next < entries.count, entries[next].id == files[file].id {
                appendEntry(at: &next)
            }
        }
        while next < entries.count { appendEntry(at: &next) }
    }

    /// Gives an entry to the node of its identity.
    ///
    /// A history has one entry for each identity. Where a table without a key has several, one that the file does not
    /// match counts: a doubt stops a run, and is not passed over.
    private mutating func appendEntry(at next: inout Int) {
        let entry = next
        next += 1
        guard let last = nodes.last, last.id == entries[entry].id else {
            return nodes.append(Node(id: entries[entry].id, entry: entry))
        }
        let known = last.entry.map { entries[$0].checksum }
        if known == nil || known == last.file.map({ files[$0].checksum }) {
            nodes[nodes.count - 1].entry = entry
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
