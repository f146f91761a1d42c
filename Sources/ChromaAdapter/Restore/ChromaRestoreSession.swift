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
    private let replaces: Bool
    private let isBuilt = Mutex(false)

    init(
        part: StoredPart, details: ChromaDetails, target: ChromaRestoreTarget, names: FolderNames, replaces: Bool
    ) {
        self.part = part
        self.details = details
        self.target = target
        self.names = names
        self.replaces = replaces
        let copy = "copy \(ChromaDetails.folder)/ to \(names.replacement), and compare it with what the set says"
        steps =
            replaces
            ? [
                copy, "make sure that ChromaDB does not run",
                "rename \(names.store) to \(names.before), and \(names.replacement) to \(names.store)",
            ] : [copy, "rename \(names.replacement) to \(names.store)"]
        notices =
            details.layout.family == .zero
            ? ["the set is of ChromaDB 0.5: ChromaDB 1.x converts it for good when it opens it"] : []
    }

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        try await ChromaBackupError.telling("restoring ChromaDB in \(target.address)") {
            isBuilt.withLock { $0 = true }
            do {
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
            let (replacement, replaces, names) = (names.replacement, replaces, names)
            try await BlockingWork.run { _ in
                try Ownership(of: replaces ? names.store : names.parent).give(to: replacement, withRights: replaces)
                for path in try StoreFolder.files(below: replacement) { try Folders.sync("\(replacement)/\(path)") }
                for name in try Folders.entries(of: replacement) { try Folders.sync("\(replacement)/\(name)") }
                try Folders.sync(replacement)
            }
        }
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try await ChromaBackupError.telling("replacing \(names.store)") {
            if replaces { try target.refuseUse(of: names.store) }
            try names.exchange(replaces ? names.before : nil, with: names.replacement)
            isBuilt.withLock { $0 = false }
            guard replaces else { return ["\(names.store) is restored; nothing was replaced"] }
            return [
                "\(names.store) is restored: start ChromaDB", "what was there before is kept as \(names.before)",
                "restore --undo \(part.set) brings it back",
            ]
        }
    }

    public func discard() async {
        if isBuilt.withLock(\.self) { try? Folders.removeTree(names.replacement) }
    }
}
