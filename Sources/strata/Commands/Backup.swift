// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit
import MigrationCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `strata backup`: makes a set.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Save all stores as one set.",
        discussion: """
            Saves every store that is configured, at the same time: PostgreSQL (DATABASE_URL and the other variables that strata \
            migrate reads), Redis (REDIS_URL, or REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD), ChromaDB (CHROMA_PATH). The \
            set is there when all of it is on disk, and not before.

            A store that fails makes the set partial and the exit status 1; where none could be saved, there is no set. One \
            run at a time works in a folder. NEO4J_HOST names a store that this build cannot save: every set is partial then, \
            unless --only leaves it out.

            Exit status: 0 when every store is in the set, and with --verify when it passed; 1 when a store could not be saved; \
            2 when none could be reached; 5 when another run works in the folder; 6 when --verify found the set damaged.

            Example:
              strata backup
              strata backup --only postgres,redis --backup-dir /srv/backups --verify restored
            """)

    @OptionGroup var folder: BackupFolderOptions
    @OptionGroup var stores: StoreOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: BackupOptions

    @Option(
        help: ArgumentHelp(
            "How long to wait for another run in the same folder. (default: not at all)", valueName: "duration"),
        transform: DatabaseOptions.duration)
    var wait = Duration.zero

    @Option(
        help: ArgumentHelp(
            "Prove the set when it is made: stored, readable, or restored (see strata verify-backup).",
            valueName: "level"),
        transform: VerificationLevel.option)
    var verify: VerificationLevel?

    func run() async throws {
        try await Failure.catching(json: folder.json, isOfSets: true) {
            let configured = ConfiguredStores(
                environment: ProcessInfo.processInfo.environment, connection: connection)
            let selection = configured.selection(stores, options)
            var settings = BackupRunner.Options(strataVersion: StrataVersion.current)
            settings.wait = wait
            settings.skipped = selection.skipped
            let display = BackupDisplay()
            defer { display.end() }
            let runner = BackupRunner(
                folder: folder.folder, targets: selection.targets, options: settings, observe: display.handle)
            if let missing = configured.missing(stores) {
                // A variable that was lost is no reason to go on pruning.
                await runner.noteFailure(missing)
                throw Failure(status: .wrongUsage, message: missing.description)
            }
            let set: BackupSet
            do {
                set = try await runner.run()
            } catch let error as BackupRunError where !folder.json {
                // The reasons have been told, each when it came.
                throw Failure(status: ExitStatus(error), message: "no store could be saved, so no set was made")
            }
            display.end()
            guard let verify else { return try show(set, nil) }
            let report: VerificationReport
            do {
                report = try await configured.verifier(options.proof, display).verify(set, upTo: verify)
            } catch {
                display.end()
                throw unproven(set, error)
            }
            display.end()
            try show(try folder.set(set.folder), report)
        }
    }

    /// The set is there, and what was asked for cannot be said of it.
    private func unproven(_ set: BackupSet, _ error: any Error) -> Failure {
        if !folder.json { SetDescription(set).lines.forEach(Console.result) }
        let reason = error is CancellationError ? "interrupted" : "\(error)"
        let message = "\(set.name) was made, but it could not be found out whether it is whole: \(reason)"
        let status = ExitStatus(error)
        return Failure(
            status: status, message: message,
            document: folder.json ? ErrorDocument(code: "\(status)", status: status, message: message) : nil)
    }

    private func show(_ set: BackupSet, _ report: VerificationReport?) throws {
        if folder.json {
            Console.print(SetDocument(set))
        } else {
            SetDescription(set).lines.forEach(Console.result)
            if let report { VerificationDescription(report).lines.forEach(Console.result) }
        }
        report?.notices.forEach(Console.note)
        if let report, report.isDamaged {
            throw Failure(
                status: .damaged,
                message: folder.json
                    ? ""
                    : """
                    \(set.name) is damaged: it is not what was saved just now
                    hint: make another one; if that is damaged as well, suspect the disk, and choose another with --backup-dir.
                    """)
        }
        guard set.metadata.status == .complete else {
            let failed = set.metadata.stores.filter { $0.value.status == .failed }.keys.sorted()
            let names = failed.map(\.description).joined(separator: ", ")
            throw Failure(
                status: .failed, message: folder.json ? "" : "\(set.name) is partial: \(names) could not be saved")
        }
    }
}

extension VerificationLevel {
    /// A level as an option names it.
    static func option(_ text: String) throws -> VerificationLevel {
        guard let level = VerificationLevel(rawValue: text) else {
            throw ValidationError("'\(text)' is no level. Write stored, readable or restored.")
        }
        return level
    }
}
