// SPDX-License-Identifier: Apache-2.0

/// The database has migrations that this build does not have, and that are not all declared compatible with it.
///
/// Another build is needed, or another declaration: to start this one again changes nothing.
public struct SchemaTooNewError: Error, Hashable, CustomStringConvertible {
    /// What the database has and this build does not, in the order of execution, compatible or not.
    public var entries: [MigrationStatus]
    /// This build, named by the newest migration that it has of each component; empty when it has none at all.
    public var build: [MigrationID]

    /// Makes an error.
    public init(entries: [MigrationStatus], build: [MigrationID]) {
        self.entries = entries
        self.build = build
    }

    /// The error for a plan; `nil` when this build can work with everything that the history has.
    init?(_ plan: MigrationPlan) {
        guard plan.entries.contains(where: \.isTooNew) else { return nil }
        let known = plan.entries.filter { $0.migration != nil }
        self.init(
            entries: plan.entries.filter { $0.state == .ahead && $0.takesPart },
            build: Self.newest(of: known.map(\.id)))
    }

    /// The build that is needed: it has to have this migration or a newer one of its component. Of several
    /// (``neededBuilds``) the first.
    public var neededBuild: MigrationID? { neededBuilds.first }

    /// The same for each component that a newer build is needed of, `core` first.
    public var neededBuilds: [MigrationID] { Self.neededBuilds(for: entries) }

    static func neededBuilds(for entries: [MigrationStatus]) -> [MigrationID] {
        newest(of: entries.lazy.filter(\.isTooNew).compactMap(\.neededBuild))
    }

    /// The newest of each component, in order.
    private static func newest(of ids: some Sequence<MigrationID>) -> [MigrationID] {
        Dictionary(ids.map { ($0.component, $0) }, uniquingKeysWith: { max($0, $1) }).values.sorted()
    }
}

extension SchemaTooNewError {
    public var description: String {
        let tooNew = entries.filter(\.isTooNew)
        var lines = tooNew.prefix(10).map { "  \($0.id)  \($0.name)  \($0.label), \($0.compatibilityText ?? "")" }
        if tooNew.count > lines.count { lines.append("  and \(tooNew.count - lines.count) more") }
        return """
            the database is too new for this build, \(buildText):
            \(lines.joined(separator: "\n"))
            The ways out:
            \(waysOut(of: tooNew).map { "  - \($0)" }.joined(separator: ", or\n"))
            """
    }

    private var buildText: String {
        switch build.count {
        case 0: "which has no migrations at all"
        case 1: "whose newest migration is \(build[0])"
        default: "whose newest migrations are \(Self.list(build))"
        }
    }

    private func waysOut(of tooNew: [MigrationStatus]) -> [String] {
        var ways = ["deploy a build that has \(Self.list(neededBuilds)) or later"]
        guard let newest = build.first else {
            return ["make sure that this build finds its migrations: there are none where it looks for them"] + ways
        }
        ways.append(
            """
            if this one works with that schema all the same, let the migrations declare it (compatible-with \(newest)) \
            in the manifest.json of the build that has them, and record it with its files: \
            strata fake \(tooNew.count == 1 ? tooNew[0].id.description : "VERSION, for each")
            """)
        let own = Set(build.map(\.component))
        let foreign = Set(tooNew.map(\.id.component)).subtracting(own).sorted()
        if !foreign.isEmpty {
            ways.append(
                """
                if \(foreign.map(\.name).joined(separator: ", ")) is another application's, which shares the history: let \
                this one name its own components (PlanOptions.components)
                """)
        }
        return ways
    }

    private static func list(_ ids: [MigrationID]) -> String {
        ids.map(\.description).joined(separator: " and ")
    }
}
