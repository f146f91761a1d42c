// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupKit
import MigrationCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where the sets are, and how to print.
struct BackupFolderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder of the backup sets (default: BACKUP_DIR, else ./backups).", valueName: "dir"))
    var backupDir: String?

    @Flag(help: "Print the result as one JSON document.")
    var json = false

    var folder: BackupFolder { BackupFolder(Self.absolute(path)) }

    /// Finds a set by its name in the folder, or by the path of its own.
    func set(_ nameOrPath: String) throws -> BackupSet {
        guard nameOrPath.contains("/") else { return try folder.set(nameOrPath) }
        let path = Self.absolute(nameOrPath)
        // A link to a set is as good as the set.
        guard let real = realpath(path, nil) else { return try folder.set(path) }
        defer { free(real) }
        return try folder.set(String(cString: real))
    }

    /// Where a set is, whether it can be read or not.
    func location(of nameOrPath: String) -> String {
        if nameOrPath.contains("/") { return Self.absolute(nameOrPath) }
        let newest = nameOrPath == "latest" ? (try? folder.contents())?.unreadable.last?.name.description : nil
        return "\(folder.path)/\(newest ?? nameOrPath)"
    }

    private var path: String {
        if let backupDir { return backupDir }
        let variable = ProcessInfo.processInfo.environment["BACKUP_DIR"] ?? ""
        return variable.isEmpty ? "backups" : variable
    }

    /// The path from the root: what is written into metadata and messages has to be found from everywhere.
    static func absolute(_ path: String) -> String {
        var parts: [Substring] = []
        let full = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        for part in full.split(separator: "/") where part != "." { parts.append(part) }
        return "/" + parts.joined(separator: "/")
    }
}

/// Which stores take part.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only these stores, separated by commas: postgres, redis, chroma.", valueName: "store,…"),
        transform: Self.stores)
    var only: Set<StoreName>?

    /// Whether a store was not left out.
    func includes(_ store: StoreName) -> Bool { only?.contains(store) ?? true }

    static func store(_ text: some StringProtocol) throws -> StoreName {
        try store(text, among: ConfiguredStores.known)
    }

    private static func store(_ text: some StringProtocol, among stores: [StoreName]) throws -> StoreName {
        guard let store = StoreName(String(text)), stores.contains(store) else {
            let names = stores.map(\.description).joined(separator: ", ")
            throw ValidationError("'\(text)' is no store that this build can save and restore. Those are: \(names).")
        }
        return store
    }

    private static func stores(_ text: String) throws -> Set<StoreName> {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        return Set(try names.map { try store($0, among: ConfiguredStores.supported) })
    }
}
