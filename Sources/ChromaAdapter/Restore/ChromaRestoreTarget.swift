// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Restores a ChromaDB into a folder beside the one that is there, and lets the two change places when it is verified.
///
/// ChromaDB's server has to be stopped for that: it keeps its files open, and what it wrote afterwards would be lost.
public struct ChromaRestoreTarget: RestoreTarget {
    public var store: StoreName { .chroma }
    public var address: String { configuration.address }

    let configuration: ChromaConfiguration

    /// Makes a target.
    ///
    /// - Parameter configuration: The folder that is restored, which need not be there; and the address of the server, if one is known:
    ///   while it answers there, nothing is replaced.
    public init(_ configuration: ChromaConfiguration) {
        self.configuration = configuration
    }

    /// - Parameter options: ``RestoreOptions/into`` is the path of a folder; a mere name is one beside the store's own.
    public func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> ChromaRestoreSession {
        try await ChromaBackupError.telling("restoring ChromaDB in \(address)") {
            let details = try ChromaDetails(part)
            let names = try names(set: part.set, into: options.into)
            guard try Folders.kind(of: names.parent) == .folder else {
                throw ChromaBackupError(.refused, "there is no folder \(names.parent) to restore into: create it.")
            }
            for path in options.into != nil ? [names.store, names.replacement] : [names.before, names.replacement]
            where try Folders.kind(of: path) != nil {
                let way =
                    path == names.before
                    ? "an earlier restore of this set left it there: undo that, or remove it"
                    : path == names.store ? "choose another name" : "an interrupted restore left it there: remove it"
                throw ChromaBackupError(.refused, "there is \(path) already; \(way).")
            }
            let isThere = try Folders.kind(of: names.store) != nil
            if isThere { try refuseUse(of: names.store) }
            let bytes = part.artifacts.reduce(0) { $0 + $1.bytes }
            if let free = Folders.freeBytes(at: names.parent), free < bytes {
                throw ChromaBackupError(
                    .refused,
                    "restoring needs \(bytes / 1_000_000) MB in \(names.parent), and \(free / 1_000_000) MB are free there."
                )
            }
            return ChromaRestoreSession(
                part: part, details: details, target: self, names: names, replaces: isThere)
        }
    }

    /// Brings the folder back that was there before a set was restored. The restored one stays as `<folder>_undone_<set>`.
    public func undo(
        set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        try await ChromaBackupError.telling("undoing a restore of ChromaDB in \(address)") {
            let names = try names(set: set, into: nil)
            guard try Folders.kind(of: names.before) != nil else {
                throw ChromaBackupError(
                    .refused, "there is no \(names.before): nothing of the set \(set) can be undone.")
            }
            guard try Folders.kind(of: names.undone) == nil else {
                throw ChromaBackupError(.refused, "there is \(names.undone) already: remove or rename it first.")
            }
            try refuseUse(of: names.store)
            let isThere = try Folders.kind(of: names.store) != nil
            try names.exchange(isThere ? names.undone : nil, with: names.before)
            return ["\(names.store) is what it was before \(set) was restored"]
                + (isThere ? ["what had been restored is kept as \(names.undone)"] : [])
        }
    }

    func refuseUse(of folder: String) throws {
        let users = try StoreUsers(configuration: configuration).find(folder)
        guard users.isEmpty else {
            throw ChromaBackupError(
                .refused,
                "ChromaDB is running: \(users.joined(separator: "; ")). Stop it, then try again; nothing was changed.")
        }
    }

    private func names(set: String, into: String?) throws -> FolderNames {
        guard let path = configuration.path else {
            throw ChromaBackupError(
                .configuration,
                """
                CHROMA_HOST names the ChromaDB server \(configuration.address), but its folder is needed. Run this on the server's machine, and \
                set CHROMA_PATH to the folder that it is started with (chroma run --path).
                """)
        }
        // Where the name is a link, what it leads to is replaced.
        let own = FolderNames(Folders.resolved(path) ?? Folders.absolute(path), set: set)
        guard let into else { return own }
        return FolderNames(into.contains("/") ? Folders.absolute(into) : "\(own.parent)/\(into)", set: set)
    }
}
