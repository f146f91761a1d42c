// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// One restore of a folder of ChromaDB.
public final class ChromaRestoreSession: RestoreSession {
    public let steps: [String]
    public let notices: [String]

    private let part: StoredPart
    private let details: ChromaDetails
    private let target: ChromaRestoreTarget
    private let names: FolderNames
    private let state: State
    /// Whether it gets another name than the store has, so that no server uses it yet.
    private let isNew: Bool
    private let built = Mutex(Built())

    /// The folder that was built; its lock is kept until the end.
    private struct Built {
        var folder: ReplacementFolder?
        /// Whether it is in the place of the store.
        var isSwapped = false
        /// Where what an earlier restore kept was put; `nil` when none did.
        var displaced: String?
    }

    /// What is in the place of the store.
    enum State: Hashable, Sendable {
        /// A folder that is going to be replaced.
        case replaced
        /// Nothing, because an interrupted restore had put aside what was there.
        case kept
        /// Nothing.
        case missing
    }

    /// - Parameter earlier: What is called then what an earlier restore kept; `nil` when none did.
    init(
        part: StoredPart, details: ChromaDetails, target: ChromaRestoreTarget, names: FolderNames, state: State,
        isNew: Bool, earlier: String?, notices: [String]
    ) {
        self.part = part
        self.details = details
        self.target = target
        self.names = names
        self.state = state
        self.isNew = isNew
        let copy = "copy \(ChromaDetails.folder)/ to \(names.replacement), and compare it with what the set says"
        let earlier = earlier.map { "rename \(names.before) to \($0), " } ?? ""
        let renaming =
            state == .replaced
            ? "\(earlier)rename \(names.store) to \(names.before), and \(names.replacement) to \(names.store)"
            : "rename \(names.replacement) to \(names.store)"
        steps = isNew ? [copy, renaming] : [copy, "make sure that ChromaDB does not run", renaming]
        self.notices =
            notices
            + (details.layout.family == .zero
                ? ["the set is of ChromaDB 0.5: ChromaDB 1.x converts it for good when it opens it"] : [])
    }

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        try await ChromaBackupError.telling("restoring ChromaDB in \(target.address)") {
            do {
                let folder = try ReplacementFolder(names.replacement)
                built.withLock { $0.folder = folder }
                try await StoreCopy.make(part, at: names.replacement, observe: observe)
            } catch let error as FileError where error.isPermission {
                throw ChromaBackupError(
                    .destination, "\(error). Run this as the account of ChromaDB's server, or as root.")
            }
            let differences = try await StoreCopy.differences(of: names.replacement, from: details)
            guard differences.isEmpty else {
                throw ChromaBackupError(
                    .damaged,
                    """
                    what was restored is not what was saved, so nothing was replaced: \
                    \(differences.prefix(5).joined(separator: "; "))
                    """)
            }
            let (replacement, state, names) = (names.replacement, state, names)
            try await BlockingWork.run { _ in
                let model = state == .replaced ? names.store : state == .kept ? names.before : names.parent
                try Ownership(of: model).give(to: replacement, withRights: state != .missing)
                for path in try StoreFolder.files(below: replacement) { try Folders.sync("\(replacement)/\(path)") }
                for name in try Folders.entries(of: replacement) { try Folders.sync("\(replacement)/\(name)") }
                try Folders.sync(replacement)
            }
        }
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try await ChromaBackupError.telling("replacing \(names.store)") {
            if !isNew { try target.refuseUse(of: names.store) }
            let displaced = try displace()
            do { try names.exchange(aside, with: names.replacement) } catch {
                if let displaced { try? Folders.rename(displaced, to: names.before) }
                throw error
            }
            built.withLock { ($0.isSwapped, $0.displaced) = (true, displaced) }
            guard state != .missing else { return ["\(names.store) is restored; nothing was replaced"] }
            return [
                "\(names.store) is restored: start ChromaDB", "what was there before is kept as \(names.before)",
                "restore --undo \(part.set) brings it back",
            ] + (displaced.map { ["what an earlier restore of this set had kept is called \($0) now"] } ?? [])
        }
    }

    /// Gives what an earlier restore kept another name: the newest is the one that is brought back.
    private func displace() throws -> String? {
        guard state == .replaced, try Folders.kind(of: names.before) != nil else { return nil }
        let other = try FolderNames.free(names.before)
        try Folders.rename(names.before, to: other)
        return other
    }

    /// What was in the place of the store is there again; ``discard()`` removes what was restored.
    public func revert() async throws -> Bool {
        guard built.withLock(\.isSwapped) else { return false }
        try await ChromaBackupError.telling("putting \(names.store) back") {
            if !isNew { try target.refuseUse(of: names.store) }
            try names.takeBack(aside)
            if let displaced = built.withLock(\.displaced) { try Folders.rename(displaced, to: names.before) }
            built.withLock { $0.isSwapped = false }
        }
        return true
    }

    public func discard() async {
        built.withLock { built in
            if !built.isSwapped { built.folder?.remove() }
            built.folder = nil
        }
    }

    /// What the store is called that was in the place; `nil`: none was.
    private var aside: String? { state == .replaced ? names.before : nil }
}
