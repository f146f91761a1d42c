// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore

/// `strata status`: one line for each migration.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "List all migrations and their states.",
        discussion: """
            Takes no lock and writes nothing. Ends with status 4 when history and files disagree; with --check, with \
            status 3 when something is pending.

            Example:
              strata status --check || echo "not at the latest schema"
            """)

    @OptionGroup var files: FileOptions
    @OptionGroup var database: DatabaseOptions

    @Flag(help: "End with status 3 when something is pending.")
    var check = false

    @Flag(help: "Count seed data as pending too.")
    var seed = false

    func run() async throws {
        let options = RunOptions(plan: PlanOptions(includesSeed: seed, components: database.components))
        try await Failure.catching(json: files.json) {
            let runner = MigrationRunner(source: files.source, store: try database.store(), options: options)
            let plan = try await runner.plan()
            show(plan)
            if !plan.refusals.isEmpty {
                let error = MigrationError(code: .refused, refusals: plan.refusals)
                throw Failure(status: .disagreement, message: files.json ? "" : error.description)
            }
            if check && !plan.steps.isEmpty {
                throw Failure(
                    status: .pending, message: files.json ? "" : "\(plan.steps.count) pending; run strata migrate")
            }
        }
    }

    private func show(_ plan: MigrationPlan) {
        if files.json { return Console.print(PlanDocument(plan)) }
        let entries = plan.entries.filter { database.components?.contains($0.id.component) ?? true }
        StatusTable(entries: entries).lines.forEach(Console.result)
        if entries.isEmpty { Console.note("there are no migrations in \(files.migrations)") }
        plan.notices.forEach { Console.note($0.description) }
    }
}
