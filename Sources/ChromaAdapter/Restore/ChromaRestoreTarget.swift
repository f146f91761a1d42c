// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Restores a ChromaDB into a folder beside the one that is there, and lets the two change places when it is verified.
///
/// ChromaDB's server has to be stopped for that: it keeps its files open, and what it wrote afterwards would be lost.
public struct ChromaRestoreTarget: RestoreTarget {
    public var store: StoreName { .chroma }
    public var address: String { configuration.address }

    let configuration: ChromaConfiguration
    /// Who restores.
    var account = geteuid()

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
            let isThere = try Folders.kind(of: names.store) != nil
            let isKept = try options.into == nil && Folders.kind(of: names.before) != nil
            if isThere {
                try refusePlace(names, isNew: options.into != nil)
            } else if isKept {
                try refuseForeign(names.before)
            }
            // Also where nothing is: a server goes on with files that were deleted.
            if options.into == nil { try refuseUse(of: names.store) }
            var notices: [String] = []
            if try ReplacementFolder.isLeftBehind(names.replacement) {
                notices.append("a killed restore left \(names.replacement) behind: it is removed")
            }
            let earlier = isThere && isKept ? try FolderNames.free(names.before) : nil
            if let earlier {
                notices.append(
                    """
                    what an earlier restore of this set kept as \(names.before) is called \(earlier) from now on, and stays; restore --undo \
                    brings back what is there now. Remove it when you need it no longer
                    """)
            } else if isKept {
                notices.append(
                    """
                    there is no \(names.store), and what was there is \(names.before): a restore was interrupted. It stays; instead of this \
                    restore, restore --undo \(part.set) brings it back
                    """)
            }
            let hidden = options.into == nil ? StoreUsers.processes(using: names.store).hidden : 0
            if hidden > 0 {
                notices.append(
                    "which files \(hidden) processes of other accounts have open is not known: make sure that ChromaDB's server is stopped"
                )
            }
            let bytes = part.artifacts.reduce(0) { $0 + $1.bytes }
            if let free = Folders.freeBytes(at: names.parent), free < bytes {
                throw ChromaBackupError(
                    .refused,
                    "restoring needs \(bytes / 1_000_000) MB in \(names.parent), and \(free / 1_000_000) MB are free there."
                )
            }
            return ChromaRestoreSession(
                part: part, details: details, target: self, names: names,
                state: isThere ? .replaced : isKept ? .kept : .missing, isNew: options.into != nil, earlier: earlier,
                notices: notices)
        }
    }

    /// Refuses where no renaming would bring the restored folder into the store's place.
    private func refusePlace(_ names: FolderNames, isNew: Bool) throws {
        guard !isNew else {
            throw ChromaBackupError(.refused, "there is \(names.store) already; choose another name.")
        }
        try refuseForeign(names.store)
        guard !FileSystemKind.isMountPoint(names.store) else {
            throw ChromaBackupError(
                .refused,
                """
                \(names.store) is a mount point: it cannot be renamed, so no restored folder can take its place. Restore into a folder on \
                that disk with --into \(names.store)/NAME and let ChromaDB use that one, or mount the folder above it.
                """)
        }
    }

    /// What another account restores, the server cannot open; and whether that runs is not known.
    private func refuseForeign(_ folder: String) throws {
        let owner = try Ownership(of: folder).user
        guard account == 0 || account == owner else {
            throw ChromaBackupError(
                .refused,
                "\(folder) belongs to another account (number \(owner)): run this as that one, or as root. Nothing was changed."
            )
        }
    }

    /// Whether something is kept that ``undo(set:observe:)`` would bring back.
    public func keeps(set: String) -> Bool {
        guard let names = try? names(set: set, into: nil) else { return false }
        return (try? Folders.kind(of: names.before)) == .some(.folder)
    }

    public func undoState(set: String) async throws -> UndoState {
        try await undoing(set) { names, nothing in
            if let nothing { return .nothing(reason: nothing) }
            try requireUndoable(names)
            return .possible
        }
    }

    /// Brings the folder back that was there before a set was restored. The restored one stays as `<folder>_undone_<set>`, with a number where
    /// that name is taken.
    public func undo(
        set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        try await undoing(set) { names, nothing in
            if let nothing { throw ChromaBackupError(.refused, nothing) }
            try requireUndoable(names)
            let undone = try Folders.kind(of: names.store) == nil ? nil : FolderNames.free(names.undone)
            try names.exchange(undone, with: names.before)
            return ["\(names.store) is what it was before \(set) was restored"]
                + (undone.map { ["what had been restored is kept as \($0)"] } ?? [])
        }
    }

    /// Runs a body that is told the names, and why there is nothing to bring back where there is not.
    private func undoing<Result: Sendable>(
        _ set: String, _ body: @Sendable (FolderNames, _ nothing: String?) throws -> Result
    ) async throws -> Result {
        try await ChromaBackupError.telling("undoing a restore of ChromaDB in \(address)") {
            let names = try names(set: set, into: nil)
            guard try Folders.kind(of: names.before) == nil else { return try body(names, nil) }
            let earlier = names.numbered(names.before)
            let kept =
                earlier.isEmpty
                ? "" : " What earlier restores of it kept is still there: \(earlier.joined(separator: ", "))."
            return try body(
                names, "there is no \(names.before): nothing of the set \(set) can be undone.\(kept)")
        }
    }

    private func requireUndoable(_ names: FolderNames) throws {
        if try Folders.kind(of: names.store) != nil { try refuseForeign(names.store) }
        try refuseUse(of: names.store)
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
