// SPDX-License-Identifier: Apache-2.0

/// Something that a person should know of a plan, although it stops nothing.
public enum PlanNotice: Hashable, Sendable, CustomStringConvertible {
    /// An applied file has another checksum, but only its line endings or its byte order mark changed.
    case lineEndings(Migration, recorded: Checksum)
    /// The history holds migrations that are newer than anything in the source.
    case ahead([MigrationStatus])

    public var description: String {
        switch self {
        case .lineEndings(let migration, let recorded):
            """
            \(migration.path): only line endings or the byte order mark differ from what was applied; accepted \
            (recorded \(recorded), now \(migration.checksum))
            """
        case .ahead(let entries):
            """
            the database is ahead of these files: it has \(Self.list(entries)), which they do not. It belongs to a newer \
            build\(Self.verdict(entries))
            """
        }
    }

    /// Whether this build can work with it.
    private static func verdict(_ entries: [MigrationStatus]) -> String {
        let needed = SchemaTooNewError.neededBuilds(for: entries)
        guard !needed.isEmpty else { return ", which declares it compatible with this one; nothing of it was changed." }
        return """
            , which does not declare it compatible with this one; nothing of it was changed. Run a build that has \
            \(needed.map(\.description).joined(separator: " and ")) or later.
            """
    }

    private static func list(_ entries: [MigrationStatus]) -> String {
        let names = entries.prefix(5).map { entry in
            "\(entry.id) (\(entry.name)\(entry.entry?.appliedAt.map { ", applied \($0)" } ?? ""))"
        }
        let more = entries.count - names.count
        return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
