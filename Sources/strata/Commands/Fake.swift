// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore

/// `strata fake`: records migrations without executing them.
struct Fake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake",
        abstract: "Record a migration as applied without running it.",
        discussion: """
            For a database that has the change already. A migration whose file changed after it was applied is recorded \
            with the file as it is now, and so is what an applied one declares with compatible-with.

            Example:
              strata fake 0003 --through
              strata fake billing:2
            """)

    @OptionGroup var files: FileOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The version: 7, 0007 or COMPONENT:7.")
    var version: String

    @Flag(help: "Record every pending migration of the component up to this one.")
    var through = false

    func validate() throws {
        _ = try database.migration(version)
    }

    func run() async throws {
        let id = try database.migration(version)
        try await Failure.catching(json: files.json) {
            let runner = MigrationRunner(
                source: files.source, store: try database.store(), options: RunOptions(lockWait: database.lockWait),
                observe: ProgressLines(json: files.json).handle)
            let report = try await runner.fake(id, through: through)
            if files.json { return Console.print(ReportDocument(report)) }
            report.recorded.forEach { Console.result("recorded \($0.path) as applied; it was not run") }
            if report.recorded.isEmpty { Console.result("nothing to do: \(id) is applied already") }
        }
    }
}
