// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import MigrationCore
internal import Synchronization

/// A set in a temporary folder, for tests of targets: without anything that makes it safe.
package final class FolderDestination: BackupDestination {
    /// What goes wrong, by itself or on purpose.
    package struct Failure: BackupError {
        package var category: BackupErrorCategory { .destination }
        package var description: String { "the destination fails" }

        package init() {}
    }

    /// The set's folder.
    package let folder: String
    package let previous: PreviousSnapshot?
    package var freeBytes: Int64? { nil }

    private let previousFolder: String?
    private let finished = Mutex<Set<String>>([])
    private let linked = Mutex<Set<String>>([])
    private let onWrite: (@Sendable (Int64) async throws -> Void)?

    /// Runs a body with a set, and removes it.
    ///
    /// - Parameters:
    ///   - parent: Where the folder of the set is made.
    ///   - previous: An earlier set, from which files can be linked.
    ///   - onWrite: Called before each write with the number of bytes of the file until then; what it throws, the write throws.
    package nonisolated(nonsending) static func with<Result>(
        in parent: String = "/tmp", previous: StoredPart? = nil,
        onWrite: (@Sendable (Int64) async throws -> Void)? = nil,
        _ body: (FolderDestination) async throws -> Result
    ) async throws -> Result {
        let destination = try FolderDestination(in: parent, previous: previous, onWrite: onWrite)
        defer { try? FileManager.default.removeItem(atPath: destination.folder) }
        return try await body(destination)
    }

    private init(
        in parent: String, previous: StoredPart?, onWrite: (@Sendable (Int64) async throws -> Void)?
    ) throws {
        self.onWrite = onWrite
        self.previous = previous.map { part in
            let artifacts = Dictionary(part.artifacts.map { ($0.path, $0) }) { $1 }
            return PreviousSnapshot(set: part.set, snapshot: part.snapshot, artifacts: artifacts)
        }
        previousFolder = previous?.folder
        folder = "\(parent)/strata-set-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    /// The files that were written to their end.
    package var finishedFiles: Set<String> { finished.withLock(\.self) }

    package func makeFile(_ path: String) async throws -> any ArtifactWriter {
        let whole = "\(folder)/\(path)"
        let parent = whole.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: "/\(parent)", withIntermediateDirectories: true)
        guard !FileManager.default.fileExists(atPath: whole),
            FileManager.default.createFile(atPath: whole, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: whole)
        else { throw Failure() }
        return Writer(file: file, path: path, destination: self)
    }

    package func makeFolder(_ path: String) async throws -> String {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
        return "\(folder)/\(path)"
    }

    package func copyFile(at source: String, to path: String) async throws -> Int64 {
        try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/\(path)")
        return Int64(FileManager.default.contents(atPath: source)?.count ?? 0)
    }

    package func linkFile(_ path: String) async throws -> Bool {
        guard let previousFolder else { return false }
        let parent = (["\(folder)"] + path.split(separator: "/").dropLast()).joined(separator: "/")
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let original = "\(previousFolder)/\(path)"
        guard (try? FileManager.default.linkItem(atPath: original, toPath: "\(folder)/\(path)")) != nil else {
            return false
        }
        _ = linked.withLock { $0.insert(path) }
        return true
    }

    /// The files that were taken from the earlier set.
    package var linkedFiles: Set<String> { linked.withLock(\.self) }

    /// What the set holds, for proof and restore.
    package func part(
        _ snapshot: StoreSnapshot, store: StoreName, set: String = "backup_20250916_123000"
    ) -> StoredPart {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let artifacts = paths.sorted().compactMap { path -> StoredArtifact? in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { return nil }
            return StoredArtifact(path: path, bytes: Int64(data.count), checksum: Checksum(of: Array(data)))
        }
        return StoredPart(
            set: set, folder: folder, store: store, address: "test", snapshot: snapshot, artifacts: artifacts)
    }

    private final class Writer: ArtifactWriter {
        let file: FileHandle
        let path: String
        let destination: FolderDestination
        let count = Mutex<Int64>(0)

        init(file: FileHandle, path: String, destination: FolderDestination) {
            self.file = file
            self.path = path
            self.destination = destination
        }

        func write(_ bytes: [UInt8]) async throws {
            try await destination.onWrite?(count.withLock(\.self))
            try file.write(contentsOf: Data(bytes))
            count.withLock { $0 += Int64(bytes.count) }
        }

        func finish() async throws -> Int64 {
            try file.close()
            _ = destination.finished.withLock { $0.insert(path) }
            return count.withLock(\.self)
        }
    }
}
