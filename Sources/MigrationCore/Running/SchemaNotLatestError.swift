// SPDX-License-Identifier: Apache-2.0

/// The database does not have the schema that the application requires.
public struct SchemaNotLatestError: Error, Hashable, CustomStringConvertible {
    /// The migrations that are pending, drifted or missing.
    public var entries: [MigrationStatus]

    public var description: String {
        let lines = entries.map { "  \($0.id)  \($0.name)  \($0.label)" }
        return """
            \(StartupPolicy.requireVariable) is set, and the database is not at the latest schema:
            \(lines.joined(separator: "\n"))
            \(advice)
            """
    }

    private var advice: String {
        if entries.allSatisfy({ $0.state == .pending || $0.state == .incomplete }) {
            "Run strata migrate (or start once with \(StartupPolicy.runVariable)=true), then start again."
        } else {
            "Run strata migrate: it names the ways out for each that is not merely pending. Then start again."
        }
    }
}

extension MigrationStatus {
    /// Whether the database lacks this migration as the source has it.
    public var isBehind: Bool {
        takesPart && state != .applied && state != .ahead
    }
}
