// SPDX-License-Identifier: Apache-2.0

/// One reason why a plan must not be executed. Its description is made to be read at night.
public enum PlanRefusal: Hashable, Sendable {
    /// An applied migration's file has other content than what was applied.
    case drifted(Migration, recorded: HistoryEntry)
    /// An applied migration's file is gone.
    case missing(MigrationStatus)
    /// A pending migration is older than one that is applied.
    case outOfOrder(Migration, newestApplied: MigrationID)
    /// Two migrations of the source have the same component and version.
    case duplicate(Migration, Migration)
    /// A migration depends on one that the source does not have.
    case unknownDependency(Migration, MigrationID)
    /// Migrations depend on each other in a circle; the first is repeated at the end.
    case dependencyCycle([MigrationID])
    /// A migration of the run depends on a pending one that takes no part in it.
    case dependencyTakesNoPart(Migration, Migration)
    /// The target of the run is not in the source.
    case unknownTarget(MigrationID, newest: MigrationID?)
    /// The store does not accept the script.
    case invalidScript(Migration, reason: String)
}

extension PlanRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .drifted(let migration, let entry): Self.describeDrift(migration, entry)
        case .missing(let status): Self.describeMissing(status)
        case .outOfOrder(let migration, let newest):
            """
            OUT OF ORDER: \(migration.path) is pending, but \(newest), which is newer, is applied already.
            The ways out:
              - give the file a number after \(newest.version), or
              - apply it all the same, if it does not depend on that order: strata migrate --allow-out-of-order, or
              - if the database has its changes already: strata fake \(migration.id)
            """
        case .duplicate(let first, let second):
            """
            \(first.path) and \(second.path) both are version \(first.id.version) of component \(first.id.component). \
            Give one of them another number.
            """
        case .unknownDependency(let migration, let dependency):
            """
            \(migration.path) depends on \(dependency), which is not among the files. Correct its depends-on line, or \
            add the file.
            """
        case .dependencyCycle(let circle):
            """
            These migrations depend on each other in a circle: \
            \(circle.map(\.description).joined(separator: " -> ")). Remove one of the depends-on lines.
            """
        case .dependencyTakesNoPart(let migration, let dependency):
            """
            \(migration.path) depends on \(dependency.path), which is pending but takes no part in this run. \
            \(dependency.id.component == .seed ? "Add --seed" : "Leave out --component, or name its component too").
            """
        case .unknownTarget(let target, let newest):
            """
            There is no migration \(target). \
            \(newest.map { "The newest of component \(target.component) is \($0.version)." }
                ?? "Component \(target.component) has no files.")
            """
        case .invalidScript(_, let reason): reason
        }
    }

    private static func describeDrift(_ migration: Migration, _ entry: HistoryEntry) -> String {
        """
        CHECKSUM MISMATCH: \(migration.path) is not what was applied\(entry.appliedAt.map { " on \($0)" } ?? "").
          recorded  \(entry.checksum)
          now       \(migration.checksum)
        The ways out:
          - bring the file back as it was, for instance from version control, or
          - leave the file as it was and put the change into a new migration: strata new DESCRIPTION, or
          - if the database already is as the file says now, record the file again: strata fake \(migration.id)
        """
    }

    private static func describeMissing(_ status: MigrationStatus) -> String {
        """
        MISSING: \(status.id) (\(status.name)) was applied\(status.entry?.appliedAt.map { " on \($0)" } ?? ""), but its \
        file is gone.
          recorded  \(status.entry?.checksum.description ?? "no checksum")
        The ways out:
          - bring the file back, for instance from version control, or
          - if it was removed on purpose, remove its row from the history table too.
        """
    }
}
