// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit
import MigrationCore
import MigrationFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `strata restore`: brings a set back.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a set back.",
        discussion: """
            The set is compared with what was written. Then each store's replacement is built beside it and verified, and only \
            when all of them stand there do they take the stores' places. What was there before stays aside, and --undo brings it back.

            Example:
              strata restore backup_20250916_123000 --dry-run
              strata restore latest --only postgres --into app_copy
              strata restore backup_20250916_123000
              strata restore backup_20250916_123000 --undo
            """)

    @Argument(help: "A name in the backup folder, the path of a set, or latest.")
    var set: String

    @Option(
        help: ArgumentHelp(
            "Restore into this database or folder instead, and leave the store as it is: NAME with one store, else STORE=NAME; may be repeated.",
            valueName: "name"))
    var into: [String] = []

    @Flag(help: "Say what would be done, and whether it could be. Changes nothing.")
    var dryRun = false

    @Flag(help: "Bring back what was there before the set was restored.")
    var undo = false

    @OptionGroup var redis: RedisRestoreOptions

    @Option(
        help: ArgumentHelp(
            "A database of the PostgreSQL server from which the restored one is renamed; else postgres, or template1.",
            valueName: "name"))
    var maintenanceDatabase: String?

    @OptionGroup var folder: BackupFolderOptions
    @OptionGroup var stores: StoreOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var postgres: PostgresProgramOptions

    @Option(
        help: ArgumentHelp(
            "The folder of the migrations: a set that is newer than they are is refused (default: migrations).",
            valueName: "dir"))
    var migrations: String?

    func validate() throws {
        if redis.isFolder, into.contains(where: { $0.hasPrefix("redis=") }) {
            throw ValidationError("--redis-dir and --into redis= both say where Redis is restored: give one of them.")
        }
        if undo, dryRun || !into.isEmpty {
            throw ValidationError("--undo goes with neither --dry-run nor --into.")
        }
    }

    func run() async throws {
        try await Failure.catching(json: folder.json, isOfSets: true) {
            let display = BackupDisplay()
            defer { display.end() }
            let configured = ConfiguredStores(
                environment: ProcessInfo.processInfo.environment, connection: connection)
            if undo { return try await bringBack(configured, display) }
            let set = try chosenSet()
            let selected = set.parts.map(\.store).filter(stores.includes)
            for store in (stores.only ?? []).sorted() where !selected.contains(store) {
                throw BackupKitError(.refused, "\(set.name) has nothing of \(store)")
            }
            var options = SetRestorer.Options()
            options.into = try places(for: selected)
            // Only PostgreSQL has a schema that they are about.
            if selected.contains(.postgres) { options.knownVersions = try knownVersions(for: set) }
            let restorer = SetRestorer(
                targets: try configured.restoreTargets(
                    selected, postgres, redisOptions: redis, keepFolder: folder.folder.path,
                    maintenanceDatabase: maintenanceDatabase),
                options: options, observe: display.handle)
            if dryRun {
                let plans = try await restorer.plan(set)
                display.end()
                show(plans, of: set)
            } else {
                let results = try await restorer.restore(set)
                display.end()
                show(results, of: set.name.description)
            }
        }
    }

    /// The set that was asked for.
    ///
    /// Whoever says `latest` did not look at it: that half of the stores are not in it has to be known first.
    private func chosenSet() throws -> BackupSet {
        let set = try folder.set(self.set)
        let missing = set.metadata.stores.filter { $0.value.status == .failed && stores.includes($0.key) }.keys.sorted()
        guard self.set == "latest", stores.only == nil, !missing.isEmpty else { return set }
        let names = missing.map(\.description).joined(separator: ", ")
        let complete = try folder.folder.contents().sets.last { $0.metadata.status == .complete && !$0.isDamaged }
        let other = complete.map { "; \($0.name) is the newest complete one" } ?? ""
        throw BackupKitError(
            .refused,
            """
            the newest set, \(set.name), is partial: \(names) could not be saved then
            hint: name the set to restore what it has, or choose stores with --only\(other).
            """)
    }

    private func bringBack(_ configured: ConfiguredStores, _ display: BackupDisplay) async throws {
        // The set itself is not needed for it, and may be gone.
        let saved = set == "latest" || set.contains("/") ? try folder.set(set) : try? folder.set(set)
        let name = saved?.name.description ?? set
        let selected = try ConfiguredStores.known.filter { store in
            if let only = stores.only { return only.contains(store) }
            guard ConfiguredStores.supported.contains(store) else { return false }
            let isThere =
                configured.isConfigured(store) || configured.isKept(store, set: name)
                || (store == .redis && redis.isFolder)
            // It was restored with the others, as far as anybody knows, and would stay behind.
            if !isThere, saved?.part(store) != nil { throw configured.notConfigured(store) }
            return isThere
        }
        let targets = try configured.restoreTargets(
            selected, postgres, redisOptions: redis, keepFolder: folder.folder.path,
            maintenanceDatabase: maintenanceDatabase)
        let results = try await SetRestorer(targets: targets, observe: display.handle).undo(set: name)
        display.end()
        show(results, of: name)
    }

    /// Where the stores are restored into, by store.
    private func places(for selected: [StoreName]) throws -> [StoreName: String] {
        var places: [StoreName: String] = [:]
        for text in into {
            if let equals = text.firstIndex(of: "="), let store = try? StoreOptions.store(text[..<equals]) {
                places[store] = String(text[text.index(after: equals)...])
            } else if selected.count == 1 {
                places[selected[0]] = text
            } else {
                throw Failure(
                    status: .wrongUsage,
                    message: "--into \(text) is for one store: choose one with --only, or write STORE=\(text)")
            }
        }
        for store in places.keys.sorted() where !selected.contains(store) {
            throw Failure(status: .wrongUsage, message: "--into names \(store), which is not restored")
        }
        return places
    }

    /// What the files at hand know; `nil` where nobody says which files, and the usual ones are not there.
    private func knownVersions(for set: BackupSet) throws -> [MigrationID]? {
        if let migrations { return try DirectorySource(migrations).migrations().map(\.id) }
        guard FileManager.default.fileExists(atPath: Self.usualMigrations) else {
            if set.part(.postgres)?.snapshot.schemaVersions.isEmpty == false {
                Console.note(
                    """
                    whether \(set.name) is newer than the migrations at hand is not known: there is no folder \(Self.usualMigrations) here. \
                    Name it with --migrations
                    """)
            }
            return nil
        }
        return try DirectorySource(Self.usualMigrations).migrations().map(\.id)
    }

    private static let usualMigrations = "migrations"

    private struct PlanDocument: Encodable {
        struct Store: Encodable {
            var address: String
            var steps: [String]
            var notices: [String]
        }

        var set: String
        var stores: [String: Store]
    }

    private struct ResultDocument: Encodable {
        var set: String
        var stores: [String: [String]]
    }

    private func show(_ plans: [RestorePlan], of set: BackupSet) {
        if folder.json {
            let stores = plans.map {
                ($0.store.description, PlanDocument.Store(address: $0.address, steps: $0.steps, notices: $0.notices))
            }
            return Console.print(PlanDocument(set: set.name.description, stores: Dictionary(stores) { $1 }))
        }
        for plan in plans {
            Console.result("\(plan.store) at \(plan.address):")
            for (number, step) in plan.steps.enumerated() { Console.result("  \(number + 1). \(step)") }
        }
    }

    private func show(_ results: [RestoreResult], of set: String) {
        if folder.json {
            let stores = results.map { ($0.store.description, $0.sentences) }
            return Console.print(ResultDocument(set: set, stores: Dictionary(stores) { $1 }))
        }
        for result in results {
            for sentence in result.sentences { Console.result("\(result.store): \(sentence)") }
        }
    }
}
