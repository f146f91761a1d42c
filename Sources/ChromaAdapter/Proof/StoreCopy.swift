// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A copy of what a set holds of a store, somewhere else.
enum StoreCopy {
    /// Copies all artifacts into a folder that is made for them.
    static func make(
        _ part: StoredPart, at folder: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        try await BlockingWork.run { interruption in
            let artifacts = part.artifacts.filter { $0.path.hasPrefix("\(ChromaDetails.folder)/") }
            let total = artifacts.reduce(0) { $0 + $1.bytes }
            var done: Int64 = 0
            try Folders.make(folder)
            for (index, artifact) in artifacts.enumerated() {
                let path = String(artifact.path.dropFirst(ChromaDetails.folder.count + 1))
                try Folders.makeParents(of: path, in: folder)
                do {
                    let source = try OpenFile.read(part.location(of: artifact))
                    done += try FileCopier(interruption: interruption) { _ in }.copy(
                        source, to: "\(folder)/\(path)")
                } catch let error as FileError where error.isNoSpace {
                    throw ChromaBackupError(.destination, "\(error). \(total / 1_000_000) MB are needed there.")
                }
                observe(
                    .progress(
                        BackupProgress(
                            phase: "copying", object: artifact.path, bytes: done, totalBytes: total, isExact: true,
                            objects: .init(index + 1, of: artifacts.count))))
            }
        }
    }

    /// What a folder holds is otherwise than the set says; empty when it is the same.
    static func differences(of folder: String, from details: ChromaDetails) async throws -> [String] {
        try await BlockingWork.run { interruption in
            do {
                let contents = try StoreReader.read(
                    folder, prefix: "\(ChromaDetails.folder)/", interruption: interruption)
                return contents.problems.isEmpty ? details.differences(from: contents) : contents.problems
            } catch let error as SQLiteError where error.kind != .full && error.kind != .interrupted {
                return ["\(ChromaDetails.database) cannot be read: \(error.message) (SQLite)"]
            }
        }
    }
}
