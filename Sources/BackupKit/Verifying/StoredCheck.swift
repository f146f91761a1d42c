// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Compares a set's folder with what its metadata says.
struct StoredCheck: Sendable {
    let set: BackupSet
    let files: any BackupFileSystem
    /// Told how many bytes were read so far.
    let progress: @Sendable (Int64) -> Void

    private static let ours: Set<String> = [
        BackupMetadata.fileName, VerificationReceipts.fileName, "\(VerificationReceipts.fileName).new",
    ]

    /// What is wrong, a sentence each; empty when nothing is.
    ///
    /// - Throws: When it cannot be found out.
    func findings() throws -> [String] {
        var findings = claims()
        guard findings.isEmpty else { return findings }
        let expected = Dictionary(set.metadata.artifacts.map { ($0.path, $0) }) { $1 }
        let folders = Set(expected.keys.flatMap(ArtifactPath.parents))
        let tree = try FolderTree(of: set.folder, files)
        findings += tree.others.map { "\($0) is neither a file nor a folder" }
        findings += tree.files.filter { expected[$0] == nil && !Self.ours.contains($0) }.map {
            "\($0) does not belong to the set"
        }
        findings += tree.folders.filter { !folders.contains($0) }.map { "\($0)/ does not belong to the set" }
        let present = Set(tree.files)
        var done: Int64 = 0
        for artifact in set.metadata.artifacts {
            guard present.contains(artifact.path) else {
                findings.append("\(artifact.path) is missing")
                continue
            }
            if let finding = try compare(artifact) { findings.append(finding) }
            done += artifact.bytes
            progress(done)
        }
        return findings
    }

    /// What the metadata says must make sense before anything that it names is touched.
    private func claims() -> [String] {
        var findings: [String] = []
        var seen: Set<String> = []
        for artifact in set.metadata.artifacts {
            if !ArtifactPath.isSafe(artifact.path) {
                findings.append(
                    "\(BackupMetadata.fileName) names \"\(artifact.path)\", which is no path within the set")
            } else if !seen.insert(artifact.path).inserted {
                findings.append("\(BackupMetadata.fileName) names \(artifact.path) twice")
            } else if let store = artifact.store, set.metadata.stores[store]?.status != .saved {
                findings.append(
                    "\(BackupMetadata.fileName) says that \(store) was not saved, and names \(artifact.path)")
            }
        }
        for (store, record) in set.metadata.stores.sorted(by: { $0.key < $1.key })
        where record.status == .saved && !set.metadata.artifacts.contains(where: { $0.store == store }) {
            findings.append("\(BackupMetadata.fileName) says that \(store) was saved, and names nothing of it")
        }
        return findings
    }

    private func compare(_ artifact: ArtifactRecord) throws -> String? {
        let path = "\(set.folder)/\(artifact.path)"
        guard case .file(let bytes) = try files.kind(of: path) else { return "\(artifact.path) is no file" }
        guard bytes == artifact.bytes else {
            return "\(artifact.path) has \(bytes) bytes, \(artifact.bytes) were written"
        }
        do {
            let found = try FileHash.read(path, files)
            guard found.checksum == artifact.sha256 else {
                return
                    "\(artifact.path) is not what was written: its SHA-256 is \(found.checksum), not \(artifact.sha256)"
            }
        } catch let error as FileSystemError where error.operation == "read" {
            // The disk cannot give it back.
            return "\(artifact.path) cannot be read: \(error.reason)"
        }
        return nil
    }
}
