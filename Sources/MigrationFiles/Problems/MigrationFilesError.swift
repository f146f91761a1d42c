// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a folder of migrations, at once.
///
/// ```
/// billing/0002_invoices.sql:3:12: error: unknown directive "depend-on"; did you mean depends-on? …
/// core/add_users.sql: error: the name has no version. …
/// 2 problems in the migration files of db/migrations
/// ```
public struct MigrationFilesError: Error, Hashable, Sendable {
    /// The folder, as it was given.
    public let folder: String
    /// The problems, sorted by file and place; at least one.
    public let problems: [MigrationFileProblem]

    /// Makes an error of problems in any order.
    public init(folder: String, problems: [MigrationFileProblem]) {
        self.folder = folder
        self.problems = problems.sorted()
    }
}

extension MigrationFilesError: CustomStringConvertible {
    public var description: String {
        let lines = problems.map(\.description)
        guard lines.count > 1 else { return lines.joined() }
        let summary = "\(lines.count) problems in the migration files of \(Displayed(folder))"
        return (lines + [summary]).joined(separator: "\n")
    }
}
