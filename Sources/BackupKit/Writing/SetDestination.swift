// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Where one target puts the artifacts of its store: the folder of a set that is being made.
final class SetDestination: BackupDestination {
    private struct State {
        var paths: Set<String> = []
        var madeFolders: Set<String> = []
        var open: [String: ArtifactFile] = [:]
        var trees: [String] = []
        /// Copied, and neither hashed nor synced yet.
        var copied: [String] = []
        var artifacts: [StoredArtifact] = []
    }

    let store: StoreName
    let previous: PreviousSnapshot?
    private let folder: String
    private let previousFolder: String?
    private let files: any BackupFileSystem
    private let queue: BlockingQueue
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: The folder of the set.
    ///   - previous: What the newest complete set has of the store, and its folder.
    init(
        store: StoreName, folder: String, previous: (snapshot: PreviousSnapshot, folder: String)?,
        files: any BackupFileSystem
    ) {
        self.store = store
        self.folder = folder
        self.previous = previous?.snapshot
        previousFolder = previous?.folder
        self.files = files
        queue = BlockingQueue("backup.\(store)")
    }

    func makeFile(_ path: String) async throws -> any ArtifactWriter {
        try claim(path)
        let location = location(path)
        let file = try await queue.run {
            try self.makeParents(of: path)
            return try self.files.makeFile(location)
        }
        // A queue of its own: what a target writes at the same time is not written one after the other.
        let writer = ArtifactFile(path: path, file: file, queue: BlockingQueue("artifact")) { artifact in
            self.state.withLock { state in
                state.open[artifact.path] = nil
                state.artifacts.append(artifact)
            }
        }
        state.withLock { $0.open[path] = writer }
        return writer
    }

    func makeFolder(_ path: String) async throws -> String {
        try claim(path, isFolder: true)
        let location = location(path)
        try await queue.run {
            try self.makeParents(of: path)
            try self.files.makeFolder(location)
        }
        state.withLock { $0.trees.append(path) }
        return location
    }

    @discardableResult
    func copyFile(at source: String, to path: String) async throws -> Int64 {
        try claim(path)
        let location = location(path)
        let bytes = try await queue.run {
            try self.makeParents(of: path)
            try self.files.copyFile(source, to: location)
            guard case .file(let bytes) = try self.files.kind(of: location) else { return Int64(0) }
            return bytes
        }
        // A target may hold up writers while it copies: hashing and syncing wait until it is done.
        state.withLock { $0.copied.append(path) }
        return bytes
    }

    func linkFile(_ path: String) async throws -> Bool {
        guard let previousFolder, let known = previous?.artifacts[path] else { return false }
        try claim(path)
        let location = location(path)
        let artifact = try await queue.run { cancellation -> StoredArtifact? in
            try self.makeParents(of: path)
            // A file system without links, or an account that may not make them: then it is copied.
            guard (try? self.files.link("\(previousFolder)/\(path)", to: location)) != nil else { return nil }
            // A damaged file must not go on from set to set.
            let artifact = try self.seal(path, cancellation)
            if artifact.checksum == known.checksum, artifact.bytes == known.bytes { return artifact }
            try self.files.removeFile(location)
            return nil
        }
        state.withLock { state in
            if let artifact { state.artifacts.append(artifact) } else { state.paths.remove(path) }
        }
        return artifact != nil
    }

    var freeBytes: Int64? {
        get async { try? await queue.run { try self.files.freeBytes(at: self.folder) } }
    }

    /// Makes everything that the target left private and safe from a loss of power, and hashes what went past us.
    ///
    /// - Returns: The artifacts, sorted by path.
    func finish() async throws -> [StoredArtifact] {
        let (open, trees, copied) = state.withLock { ($0.open.keys.sorted(), $0.trees, $0.copied) }
        if let path = open.first {
            throw BackupKitError(.store, "\(path) was not finished by the \(store) target, so it may not be whole")
        }
        for path in copied {
            let artifact = try await queue.run { try self.seal(path, $0) }
            state.withLock { $0.artifacts.append(artifact) }
        }
        for tree in trees {
            let artifacts = try await queue.run { try self.sealTree(tree, $0) }
            state.withLock { $0.artifacts += artifacts }
        }
        let folders = state.withLock { $0.madeFolders.union($0.trees) }
        try await queue.run { for folder in folders.sorted() { try self.files.sync(self.location(folder)) } }
        let artifacts = state.withLock(\.artifacts).sorted { $0.path < $1.path }
        guard !artifacts.isEmpty else {
            throw BackupKitError(
                .store, "the \(store) target says that it has saved the store, and has written nothing")
        }
        return artifacts
    }

    /// Takes everything away again: the target failed.
    func discard() async {
        for writer in state.withLock({ Array($0.open.values) }) { await writer.abandon() }
        let paths = state.withLock(\.paths)
        let folders = state.withLock(\.madeFolders)
        try? await queue.run {
            for path in paths {
                switch try? self.files.kind(of: self.location(path)) {
                case .folder: try? self.files.removeTree(self.location(path))
                case nil: break
                default: try? self.files.removeFile(self.location(path))
                }
            }
            for folder in folders.sorted().reversed() { try? self.files.removeFolder(self.location(folder)) }
        }
    }

    private func location(_ path: String) -> String { "\(folder)/\(path)" }

    private func claim(_ path: String, isFolder: Bool = false) throws {
        guard ArtifactPath.belongs(path, to: store) || (isFolder && path == store.description) else {
            throw BackupKitError(
                .configuration,
                "\"\(path)\" is no path for an artifact of \(store): it begins with \(store)/ or \(store)_")
        }
        guard state.withLock({ $0.paths.insert(path).inserted }) else {
            throw BackupKitError(.destination, "the \(store) target wrote \(path) twice")
        }
    }

    private func makeParents(of path: String) throws {
        for parent in ArtifactPath.parents(of: path) where !state.withLock({ $0.madeFolders.contains(parent) }) {
            guard try files.kind(of: location(parent)) == nil else { continue }
            try files.makeFolder(location(parent))
            state.withLock { _ = $0.madeFolders.insert(parent) }
        }
    }

    private func seal(_ path: String, _ cancellation: Cancellation) throws -> StoredArtifact {
        let location = location(path)
        try files.makePrivate(location)
        let (checksum, bytes) = try FileHash.read(location, files, cancellation)
        try files.sync(location)
        return StoredArtifact(path: path, bytes: bytes, checksum: checksum)
    }

    private func sealTree(_ path: String, _ cancellation: Cancellation) throws -> [StoredArtifact] {
        let tree = try FolderTree(of: location(path), files)
        if let other = tree.others.first {
            throw BackupKitError(.store, "\(path)/\(other) is neither a file nor a folder: it cannot be part of a set")
        }
        // What was linked or copied into it has been sealed then.
        let sealed = state.withLock { Set($0.artifacts.map(\.path)) }
        let artifacts = try tree.files.map { "\(path)/\($0)" }.filter { !sealed.contains($0) }
            .map { try seal($0, cancellation) }
        for folder in tree.folders.reversed() {
            // A set is its files: a folder without any could get lost without anybody noticing.
            if try files.entries(of: location("\(path)/\(folder)")).isEmpty {
                try files.removeFolder(location("\(path)/\(folder)"))
                continue
            }
            try files.makePrivate(location("\(path)/\(folder)"))
            try files.sync(location("\(path)/\(folder)"))
        }
        return artifacts
    }
}
