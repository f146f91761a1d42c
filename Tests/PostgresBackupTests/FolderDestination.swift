// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Synchronization

/// A set in a temporary folder, without anything that makes it safe.
final class FolderDestination: BackupDestination {
    struct Failure: Error {}

    /// The set's folder.
    let folder: String
    private let finished = Mutex<Set<String>>([])
    private let limit = Mutex(Int64.max)
    let previous: PreviousSnapshot? = nil
    var freeBytes: Int64? { nil }

    /// Runs a body with a set, and removes it.
    static func with<Result>(_ body: (FolderDestination) async throws -> Result) async throws -> Result {
        let destination = try FolderDestination()
        defer { try? FileManager.default.removeItem(atPath: destination.folder) }
        return try await body(destination)
    }

    private init() throws {
        folder = "/tmp/strata-set-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    /// Lets files fail that become larger, as on a disk that is full.
    func fail(after bytes: Int64) { limit.withLock { $0 = bytes } }

    /// The files that were written to their end.
    var finishedFiles: Set<String> { finished.withLock(\.self) }

    func makeFile(_ path: String) async throws -> any ArtifactWriter {
        guard FileManager.default.createFile(atPath: "\(folder)/\(path)", contents: nil),
            let file = FileHandle(forWritingAtPath: "\(folder)/\(path)")
        else { throw Failure() }
        return Writer(file: file, path: path, destination: self)
    }

    func makeFolder(_ path: String) async throws -> String {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
        return "\(folder)/\(path)"
    }

    func copyFile(at source: String, to path: String) async throws -> Int64 { throw Failure() }

    func linkFile(_ path: String) async throws -> Bool { false }

    /// What the set holds, for proof and restore.
    func part(_ snapshot: StoreSnapshot, set: String = "backup_20250916_123000") -> StoredPart {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let artifacts = paths.sorted().compactMap { path -> StoredArtifact? in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { return nil }
            return StoredArtifact(path: path, bytes: Int64(data.count), checksum: Checksum(of: Array(data)))
        }
        return StoredPart(
            set: set, folder: folder, store: .postgres, address: "test", snapshot: snapshot, artifacts: artifacts)
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
            let sum = count.withLock { count in
                count += Int64(bytes.count)
                return count
            }
            if sum > destination.limit.withLock(\.self) { throw Failure() }
            try file.write(contentsOf: Data(bytes))
        }

        func finish() async throws -> Int64 {
            try file.close()
            _ = destination.finished.withLock { $0.insert(path) }
            return count.withLock(\.self)
        }
    }
}
