// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit
import MigrationCore

/// `strata backups`: lists the sets.
struct Backups: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backups",
        abstract: "List the sets in the backup folder.",
        discussion: """
            The oldest comes first. VERIFIED is the highest level that a set passed since it last failed one: stored, readable or \
            restored (see strata verify-backup), and what could not be compared.

            Example:
              strata backups --backup-dir /srv/backups
            """)

    @OptionGroup var folder: BackupFolderOptions

    private struct Document: Encodable {
        var folder: String
        var sets: [SetDocument]
        var unfinished: [String]
        var unreadable: [UnreadableDocument]
    }

    func run() async throws {
        try await Failure.catching(json: folder.json, isOfSets: true) {
            let contents = try folder.folder.contents()
            if folder.json {
                return Console.print(
                    Document(
                        folder: folder.folder.path, sets: contents.sets.map(SetDocument.init),
                        unfinished: contents.unfinished.map(\.description),
                        unreadable: contents.unreadable.map(UnreadableDocument.init)))
            }
            show(contents)
        }
    }

    private func show(_ contents: BackupFolderContents) {
        if contents.sets.isEmpty {
            let kind = contents.unreadable.isEmpty ? "set" : "set that can be read"
            Console.result("there is no \(kind) in \(folder.folder.path)")
        } else {
            let rows = contents.sets.map { set in
                let stores = set.metadata.stores.filter { $0.value.status == .saved }.keys.sorted().map(\.description)
                let verified =
                    set.proof.map { ([$0.level.description] + $0.limitations).joined(separator: ", ") }
                    ?? (set.isDamaged ? "DAMAGED" : "never")
                return [
                    set.name.description, set.metadata.status.rawValue, set.bytes.sizeText, verified,
                    stores.joined(separator: ", "),
                ]
            }
            TextTable(header: ["SET", "STATUS", "SIZE", "VERIFIED", "STORES"], rows: rows).lines.forEach(Console.result)
        }
        for name in contents.unfinished {
            Console.note("\(name) is being made, or was interrupted: then the next run takes it away")
        }
        for set in contents.unreadable { Console.note("\(set.name) is no set: \(set.reason)") }
    }
}
