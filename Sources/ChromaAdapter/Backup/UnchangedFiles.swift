// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Takes the files that have not changed since the previous set from there.
final class UnchangedFiles: Sendable {
    private let destination: any BackupDestination
    private let store: StoreFolder
    private let target: String
    private let calls: any SetWriting
    private let linked = Mutex<[String: FileStamp]>([:])

    init(destination: any BackupDestination, store: StoreFolder, target: String, calls: any SetWriting) {
        self.destination = destination
        self.store = store
        self.target = target
        self.calls = calls
    }

    /// What was linked.
    var paths: Set<String> { linked.withLock { Set($0.keys) } }

    private func isLinked(_ path: String) -> Bool { linked.withLock { $0[path] != nil } }

    /// Whether the store still has the unchanged files of a copy: what was read of them afterwards is what the copy gets then.
    func areStillThere(_ copy: FreezeCopy.Result) throws -> Bool {
        try copy.unchanged.allSatisfy { path in
            guard case .file(let now) = try Folders.kind(of: "\(store.path)/\(path)") else { return false }
            return now == copy.files[path]
        }
    }

    /// Links the unchanged files of a copy; those that cannot be linked are copied now, which is as good while they do not change.
    ///
    /// Called when the rest of the copy is known to be whole: what is linked is part of the set for good.
    ///
    /// - Returns: Whether everything is there. If not, the store has to be copied once more.
    func take(_ copy: FreezeCopy.Result) async throws -> Bool {
        for (path, stamp) in linked.withLock({ $0 }) where copy.files[path] != stamp {
            throw ChromaBackupError(
                .store, "\(store.path)/\(path) was written to after it had been taken from the previous set. Try again."
            )
        }
        for path in copy.unchanged.sorted() where !isLinked(path) {
            if try await destination.linkFile("\(ChromaDetails.folder)/\(path)") {
                linked.withLock { $0[path] = copy.files[path] }
                continue
            }
            guard try await copyUnlocked(path, copy.files[path]) else { return false }
        }
        return true
    }

    /// - Returns: Whether the file is still the one that it was.
    private func copyUnlocked(_ path: String, _ stamp: FileStamp?) async throws -> Bool {
        let (source, target, calls) = ("\(store.path)/\(path)", target, calls)
        return try await BlockingWork.run { interruption in
            let file = try OpenFile.read(source)
            do {
                try calls.makeParents(of: path, in: target)
                try FileCopier(interruption: interruption, calls: calls) { _ in }.copy(
                    file, to: "\(target)/\(path)", replacing: true)
            } catch let error as FileError where error.isOfWriting {
                throw ChromaBackupError(.destination, "\(error)")
            }
            // Not only the file that was read: another one may have its name by now.
            guard case .file(let now) = try Folders.kind(of: source) else { return false }
            return try file.stamp == stamp && now == stamp
        }
    }
}
