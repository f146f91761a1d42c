// SPDX-License-Identifier: Apache-2.0

extension MigrationPlan {
    /// Computes the plan for files and a history.
    ///
    /// A function of its input alone: the same files, history and options give the same plan everywhere, whatever the order
    /// in which they are given.
    ///
    /// - Parameters:
    ///   - migrations: All that the source has.
    ///   - history: All that the store has recorded.
    ///   - options: What the plan covers.
    ///   - unfinished: Migrations that were stopped on the way.
    ///   - sameText: Migrations whose recorded checksum differs, but which were found to differ from what was applied
    ///     only in line endings or a byte order mark.
    public init(
        migrations: [Migration], history: [HistoryEntry], options: PlanOptions = PlanOptions(),
        unfinished: [UnfinishedMigration] = [], sameText: Set<MigrationID> = []
    ) {
        let progress = Dictionary(unfinished.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let graph = MigrationGraph(migrations: migrations, history: history)
        let (order, cycles) = graph.order(roots: graph.nodes.indices)
        let newest = NewestVersions(of: graph.nodes)
        entries = order.map { index in
            var status = Self.status(of: index, in: graph, newest: newest, options: options, sameText: sameText)
            if status.entry == nil, !progress.isEmpty, let done = progress[status.id] {
                status.progress = done
                // What was begun in its turn stays in its turn.
                status.state = .incomplete
            }
            return status
        }
        steps = []
        refusals = graph.refusals + cycles
        notices = []

        let selected = select(order: order, in: graph, options: options, newest: newest)
        addRefusals(newest: newest, options: options)
        refuseAbsentDependencies(in: graph, selected: selected)
        addNotices(sameText: sameText)
        steps = selected.compactMap { graph.migration(of: $0).map { Step($0) } }
    }

    /// Newest version of each component, in the source and in the history.
    private struct NewestVersions {
        var known: [Component: MigrationID] = [:]
        var applied: [Component: MigrationID] = [:]

        init(of nodes: [MigrationGraph.Node]) {
            // The nodes are sorted, so the last one of a component is its newest.
            var current: (component: Component, known: MigrationID?, applied: MigrationID?)?
            func keep(_ newest: (component: Component, known: MigrationID?, applied: MigrationID?)?) {
                guard let newest else { return }
                known[newest.component] = newest.known
                applied[newest.component] = newest.applied
            }
            for node in nodes {
                if current?.component != node.id.component {
                    keep(current)
                    current = (node.id.component, nil, nil)
                }
                if node.file != nil { current?.known = node.id }
                if node.entry != nil { current?.applied = node.id }
            }
            keep(current)
        }
    }

    private static func status(
        of node: Int, in graph: MigrationGraph, newest: NewestVersions, options: PlanOptions,
        sameText: Set<MigrationID>
    ) -> MigrationStatus {
        let id = graph.nodes[node].id
        let (migration, entry) = (graph.migration(of: node), graph.entry(of: node))
        let state: MigrationState
        switch (migration, entry) {
        case (let migration?, let entry?):
            let same = migration.checksum == entry.checksum || sameText.contains(id)
            state = same ? .applied : .drifted
        case (_?, nil):
            let isOlder = newest.applied[id.component].map { id.version < $0.version } ?? false
            state = isOlder ? .outOfOrder : .pending
        case (nil, _):
            let isOlder = newest.known[id.component].map { id.version < $0.version } ?? false
            state = isOlder ? .missing : .ahead
        }
        var status = MigrationStatus(
            id: id, state: state, migration: migration, entry: entry, takesPart: options.covers(id.component))
        if state == .ahead, let entry {
            status.compatibility = BuildCompatibility(of: entry, newestKnown: newest.known)
        }
        return status
    }

    /// The pending nodes that the options ask for, in the order of execution.
    private mutating func select(
        order: [Int], in graph: MigrationGraph, options: PlanOptions, newest: NewestVersions
    ) -> [Int] {
        // A target covers its own component only: what it needs of seed data is refused like any other dependency.
        func isAskedFor(_ node: Int) -> Bool {
            graph.nodes[node].entry == nil && options.covers(graph.nodes[node].id.component)
        }
        guard let target = options.target else { return order.filter(isAskedFor) }
        guard let node = graph.nodes.firstIndex(where: { $0.id == target && $0.file != nil }) else {
            refusals.append(.unknownTarget(target, newest: newest.known[target.component]))
            return []
        }
        return graph.order(roots: [node]).order.filter(isAskedFor)
    }

    private mutating func addRefusals(newest: NewestVersions, options: PlanOptions) {
        // By index, because to copy every status costs more than to look at it.
        for index in entries.indices where entries[index].state != .applied && entries[index].takesPart {
            let status = entries[index]
            switch (status.state, status.migration, status.entry) {
            case (.drifted, let migration?, let entry?): refusals.append(.drifted(migration, recorded: entry))
            case (.missing, _, _): refusals.append(.missing(status))
            case (.outOfOrder, let migration?, _) where !options.allowsOutOfOrder:
                if let newer = newest.applied[status.id.component] {
                    refusals.append(.outOfOrder(migration, newestApplied: newer))
                }
            default: break
            }
        }
    }

    private mutating func refuseAbsentDependencies(in graph: MigrationGraph, selected: [Int]) {
        let running = Set(selected)
        for node in selected {
            guard let migration = graph.migration(of: node), !migration.dependencies.isEmpty else { continue }
            for needed in graph.requirements(of: node) where !running.contains(needed) {
                guard graph.nodes[needed].entry == nil, let other = graph.migration(of: needed) else { continue }
                refusals.append(.dependencyTakesNoPart(migration, other))
            }
        }
    }

    private mutating func addNotices(sameText: Set<MigrationID>) {
        for index in entries.indices where entries[index].state == .applied && sameText.contains(entries[index].id) {
            guard let migration = entries[index].migration, let entry = entries[index].entry else { continue }
            notices.append(.lineEndings(migration, recorded: entry.checksum))
        }
        let ahead = entries.indices.filter { entries[$0].state == .ahead && entries[$0].takesPart }.map { entries[$0] }
        if !ahead.isEmpty { notices.append(.ahead(ahead)) }
    }
}
