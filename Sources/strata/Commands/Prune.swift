// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit

/// `strata prune`: takes old sets away.
struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Take away the sets that no rule keeps.",
        discussion: """
            A set that any rule keeps is kept; the rules of time keep the newest complete set of each of the last days, weeks \
            (from Monday), months and years that have one, in UTC. Sets of the same stores are counted together. Whatever the \
            rules say, the newest complete set and the newest verified one are kept, and while the newest run failed or the \
            newest set is damaged, all are.

            Example:
              strata prune --keep-last 3 --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run
            """)

    @Option(help: ArgumentHelp("Keep the newest sets.", valueName: "n")) var keepLast = 0
    @Option(help: ArgumentHelp("Keep one set of each of so many days.", valueName: "n")) var keepDaily = 0
    @Option(help: ArgumentHelp("Keep one set of each of so many weeks.", valueName: "n")) var keepWeekly = 0
    @Option(help: ArgumentHelp("Keep one set of each of so many months.", valueName: "n")) var keepMonthly = 0
    @Option(help: ArgumentHelp("Keep one set of each of so many years.", valueName: "n")) var keepYearly = 0

    @Flag(help: "Say what would become of each set, and change nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "How long to wait for another run in the same folder. (default: not at all)", valueName: "duration"),
        transform: DatabaseOptions.duration)
    var wait = Duration.zero

    @OptionGroup var folder: BackupFolderOptions

    private struct Document: Encodable {
        struct Decision: Encodable {
            var name: String
            var kept: Bool
            var reasons: [String]
        }

        var dryRun: Bool
        var sets: [Decision]
        /// Folders with a set's name that are none; they stay.
        var unreadable: [UnreadableDocument]

        enum CodingKeys: String, CodingKey {
            case sets, unreadable
            case dryRun = "dry_run"
        }
    }

    func validate() throws {
        let counts = [keepLast, keepDaily, keepWeekly, keepMonthly, keepYearly]
        guard counts.allSatisfy({ $0 >= 0 }) else {
            throw ValidationError("A number of sets to keep cannot be negative.")
        }
        guard counts.contains(where: { $0 > 0 }) else {
            throw ValidationError("Say which sets to keep, such as --keep-last 7 or --keep-daily 14.")
        }
    }

    func run() async throws {
        try await Failure.catching(json: folder.json, isOfSets: true) {
            let policy = RetentionPolicy(
                last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly, yearly: keepYearly)
            let pruner = BackupPruner(folder: folder.folder, policy: policy, wait: wait)
            let decisions =
                dryRun
                ? try pruner.decisions()
                : try await pruner.prune(
                    waiting: { Console.note("waiting for another run in this folder: \($0)") },
                    removed: { Console.progress("removed \($0)") })
            let unreadable = try folder.folder.contents().unreadable
            if folder.json {
                let sets = decisions.map {
                    Document.Decision(name: $0.name.description, kept: $0.isKept, reasons: $0.reasons)
                }
                Console.print(
                    Document(dryRun: dryRun, sets: sets, unreadable: unreadable.map(UnreadableDocument.init)))
            } else {
                show(decisions, unreadable)
            }
        }
    }

    private func show(_ decisions: [RetentionDecision], _ unreadable: [UnreadableSet]) {
        for set in unreadable { Console.note("\(set.name) stays: \(set.reason)") }
        if decisions.isEmpty {
            let kind = unreadable.isEmpty ? "set" : "set that can be read"
            return Console.result("there is no \(kind) in \(folder.folder.path)")
        }
        for decision in decisions {
            let verb = decision.isKept ? "keep" : dryRun ? "would remove" : "removed"
            let reasons = decision.isKept ? ": \(decision.reasons.joined(separator: ", "))" : ""
            Console.result("\(verb) \(decision.name)\(reasons)")
        }
    }
}
