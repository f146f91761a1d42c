// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore
import MigrationFiles
import PostgresAdapter

/// `strata validate`: checks the files without a database.
struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the files without a database.",
        discussion: """
            Names, directives, dependencies, the manifest, and whether every statement can be told from the next. Every \
            problem is listed, with file, line and column.

            Example:
              strata validate --migrations db/migrations
            """)

    @OptionGroup var files: FileOptions

    @Flag(help: "List the statements of every file: offset, length, line, column, kind.")
    var statements = false

    func run() async throws {
        try await Failure.catching(json: files.json) {
            let source = files.source
            if statements { return try StatementListing(source: source).show(json: files.json) }
            let migrations = try source.migrations()
            var plan = MigrationPlan(migrations: migrations, history: [], options: PlanOptions(includesSeed: true))
            var modes = ScriptModes()
            for (index, step) in plan.steps.enumerated() {
                let script = try source.script(for: step.migration)
                do {
                    plan.steps[index].mode = try modes.executionMode(of: step.migration, script: script)
                } catch {
                    plan.refusals.append(.invalidScript(step.migration, reason: String(describing: error)))
                }
            }
            try show(plan)
        }
    }

    private func show(_ plan: MigrationPlan) throws {
        let count = plan.steps.count
        if files.json { Console.print(PlanDocument(plan)) }
        guard plan.refusals.isEmpty else {
            let problems = plan.refusals.map(\.description).joined(separator: "\n")
            throw Failure(status: .disagreement, message: files.json ? "" : problems)
        }
        if !files.json { Console.result("\(count) \(count == 1 ? "migration is" : "migrations are") valid") }
    }
}
