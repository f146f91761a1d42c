// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore

/// `strata migrate`: applies what is pending.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply what is pending.",
        discussion: """
            Each migration and its row in the history are committed together. When one fails, it is undone, those before \
            it stay, and the next run goes on from there. Any number of runs may start at once.

            Example:
              strata migrate
              strata migrate --to 0007 --dry-run
            """)

    @OptionGroup var files: FileOptions
    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Go no further than this version: 7 or COMPONENT:7.", valueName: "version"))
    var to: String?

    @Flag(help: "Apply seed data too.")
    var seed = false

    @Flag(help: "Show what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Apply everything in one transaction: all or nothing.")
    var singleTransaction = false

    @Flag(help: "Apply a migration although a newer one of its component is applied already.")
    var allowOutOfOrder = false

    func validate() throws {
        _ = try to.map(database.migration)
    }

    func run() async throws {
        let options = RunOptions(
            plan: PlanOptions(
                target: try to.map(database.migration), includesSeed: seed, allowsOutOfOrder: allowOutOfOrder,
                components: database.components),
            singleTransaction: singleTransaction, lockWait: database.lockWait)
        try await Failure.catching(json: files.json) {
            let source = ObservedSource(files.source)
            let runner = MigrationRunner(
                source: source, store: try database.store(), options: options,
                observe: ProgressLines(json: files.json).handle)
            if dryRun {
                try show(await runner.plan())
            } else {
                show(try await runner.applyPending())
            }
            noteEmptiness(of: source)
        }
    }

    /// A folder or a component without migrations is mostly one that was misspelled.
    private func noteEmptiness(of source: ObservedSource) {
        guard let found = source.components else { return }
        if found.isEmpty { Console.note("there are no migrations in \(files.migrations)") }
        for name in database.component where !found.isEmpty && !found.contains(Component(name)) {
            Console.note("there are no migrations of component \(name) in \(files.migrations)")
        }
    }

    private func show(_ report: MigrationReport) {
        if files.json { return Console.print(ReportDocument(report)) }
        for applied in report.applied {
            Console.result("applied \(applied.migration.path) (\(applied.duration.text))")
        }
        switch report.applied.count {
        case 0: Console.result("nothing to do")
        case 1: Console.result("1 migration applied")
        default: Console.result("\(report.applied.count) migrations applied")
        }
    }

    private func show(_ plan: MigrationPlan) throws {
        if files.json {
            Console.print(PlanDocument(plan))
        } else {
            for step in plan.steps where plan.refusals.isEmpty {
                let mode = step.mode.map { ", \($0)" } ?? ""
                Console.result("would apply \(step.migration.path)\(mode)")
            }
            if plan.isUpToDate { Console.result("nothing to do") }
            plan.notices.forEach { Console.note($0.description) }
        }
        guard plan.refusals.isEmpty else {
            let error = MigrationError(code: .refused, refusals: plan.refusals)
            throw Failure(status: .disagreement, message: files.json ? "" : error.description)
        }
    }
}
