// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit
import MigrationCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `strata verify-backup`: proves a set.
struct VerifyBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-backup",
        abstract: "Prove a set.",
        discussion: """
            stored: every byte is the one that was written, nothing is missing and nothing is there that does not belong. readable: \
            every part is parsed to its end. restored: every part is restored into a throw-away server that is started for it, and what is \
            there then is compared with what was counted when it was saved. No store of yours is touched.

            Each level leaves a receipt in the set. Exit status 6: the set is damaged, and the result says where.

            Example:
              strata verify-backup
              strata verify-backup backup_20250916_123000 --restore
              strata verify-backup /mnt/copy/backup_20250916_123000 --json
            """)

    @Argument(help: "A name in the backup folder, the path of a set, or latest.")
    var set = "latest"

    @Flag(help: "Restore the set into throw-away servers as well.")
    var restore = false

    @Option(
        help: ArgumentHelp("The highest level: stored, readable or restored.", valueName: "level"),
        transform: VerificationLevel.option)
    var level: VerificationLevel?

    @OptionGroup var folder: BackupFolderOptions
    @OptionGroup var proof: ProofOptions

    private struct Document: Encodable {
        struct Level: Encodable {
            var level: String
            var passed: Bool
            var compared: [String]
            var findings: [String]
            /// What could not be compared.
            var limitations: [String]?
        }

        var set: String
        var folder: String
        /// `nil` where the metadata cannot be read.
        var status: String?
        var damaged: Bool
        var levels: [Level]
        var notices: [String]
    }

    func validate() throws {
        if restore, let level, level != .restored {
            throw ValidationError("--restore and --level \(level) contradict each other.")
        }
    }

    func run() async throws {
        try await Failure.catching(json: folder.json, isOfSets: true) {
            let set = try foundSet()
            let configured = ConfiguredStores(
                environment: ProcessInfo.processInfo.environment, connection: ConnectionOptions())
            let display = BackupDisplay()
            defer { display.end() }
            let report = try await configured.verifier(proof, display)
                .verify(set, upTo: level ?? (restore ? .restored : .readable))
            display.end()
            show(report, set)
            if report.isDamaged {
                let message = "\(set.name) is damaged\n\(set.damageHint)"
                throw Failure(status: .damaged, message: folder.json ? "" : message)
            }
        }
    }

    /// The set. One whose metadata is damaged is a result as any other damage is, for those who read the document.
    private func foundSet() throws -> BackupSet {
        do {
            return try folder.set(set)
        } catch let error as BackupKitError where error.category == .damaged && folder.json {
            let finding = error.description.split(separator: "\nhint: ").map(String.init)
            let level = Document.Level(
                level: VerificationLevel.stored.description, passed: false, compared: [], findings: [finding[0]])
            Console.print(
                Document(
                    set: set, folder: folder.location(of: set), damaged: true, levels: [level],
                    notices: Array(finding.dropFirst())))
            throw Failure(status: .damaged)
        }
    }

    private func show(_ report: VerificationReport, _ set: BackupSet) {
        if folder.json {
            let levels = report.results.map {
                Document.Level(
                    level: $0.level.description, passed: $0.passed, compared: $0.compared, findings: $0.findings,
                    limitations: $0.limitations.isEmpty ? nil : $0.limitations)
            }
            return Console.print(
                Document(
                    set: set.name.description, folder: set.folder, status: set.metadata.status.rawValue,
                    damaged: report.isDamaged, levels: levels, notices: report.notices))
        }
        VerificationDescription(report).lines.forEach(Console.result)
        report.notices.forEach(Console.note)
        guard !report.isDamaged, let result = report.results.last else { return }
        let missing = set.metadata.stores.filter { $0.value.status == .failed }.keys.sorted()
        let without =
            missing.isEmpty
            ? "" : ", without \(missing.map(\.description).joined(separator: ", ")), which could not be saved"
        let limitations = result.limitations.map { ", \($0)" }.joined()
        Console.result("\(set.name) is \(result.level)\(limitations)\(without)")
    }
}
