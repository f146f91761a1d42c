// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Compares a set's folder with what its metadata says.
struct StoredCheck: Sendable {
    let set: BackupSet
    let files: any BackupFileSystem
    /// Whether the receipts of proofs are looked at: they say nothing of what is restored.
    var checksReceipts = true
    /// Told how many bytes were read so far.
    let progress: @Sendable (Int64) -> Void

    private static let ours: Set<String> = [
        BackupMetadata.fileName, VerificationReceipts.fileName, VerificationReceipts.temporaryName,
    ]

    /// What is wrong, a sentence each; empty when nothing is.
    ///
    /// - Throws: When it cannot be found out.
    func findings(_ cancellation: Cancellation) throws -> [String] {
        var findings = MetadataClaims(metadata: set.metadata).findings
        guard findings.isEmpty else { return findings }
        let tree = try FolderTree(of: set.folder, files)
        findings += strangers(in: tree)
        let present = Set(tree.files.map { Array($0.utf8) })
        var done: Int64 = 0
        for artifact in set.metadata.artifacts {
            guard present.contains(Array(artifact.path.utf8)) else {
                findings.append("\(artifact.path) is missing")
                continue
            }
            if let finding = try compare(artifact, cancellation) { findings.append(finding) }
            done += artifact.bytes
            progress(done)
        }
        guard checksReceipts else { return findings }
        do {
            _ = try VerificationReceipts.read(in: set.folder, files: files)
        } catch let error as BackupKitError where error.category == .damaged {
            findings.append(error.description)
        }
        return findings
    }

    /// What is there and does not belong. Names are compared byte by byte: Swift takes different ways to write the same letters for equal.
    private func strangers(in tree: FolderTree) -> [String] {
        let paths = set.metadata.artifacts.map(\.path)
        let expected = Set(paths.map { Array($0.utf8) })
        let folders = Set(paths.flatMap(ArtifactPath.parents).map { Array($0.utf8) })
        let others = tree.others.map { "\($0) is neither a file nor a folder" }
        let strangers = tree.files.filter { !expected.contains(Array($0.utf8)) && !Self.ours.contains($0) }
        let strangeFolders = tree.folders.filter { !folders.contains(Array($0.utf8)) }.map { "\($0)/" }
        return others + (strangers + strangeFolders).map { "\($0) does not belong to the set" }
    }

    private func compare(_ artifact: ArtifactRecord, _ cancellation: Cancellation) throws -> String? {
        let path = "\(set.folder)/\(artifact.path)"
        guard case .file(let bytes) = try files.kind(of: path) else { return "\(artifact.path) is no file" }
        guard bytes == artifact.bytes else {
            return "\(artifact.path) has \(bytes) bytes, \(artifact.bytes) were written"
        }
        do {
            let found = try FileHash.read(path, files, cancellation)
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
