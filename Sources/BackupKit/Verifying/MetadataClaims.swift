// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a set's metadata says must make sense before anything that it names is touched: a file that was signed anew can be wrong all the
/// same.
struct MetadataClaims {
    let metadata: BackupMetadata

    private static let file = BackupMetadata.fileName
    /// The files of a set that are no store's.
    private static let general: Set<String> = [RestoreManual.fileName, ChecksumList.fileName]

    /// What contradicts itself, a sentence each.
    var findings: [String] {
        artifactFindings + storeFindings + documentFindings
    }

    private var artifactFindings: [String] {
        var findings: [String] = []
        var seen: Set<[UInt8]> = []
        for artifact in metadata.artifacts {
            if !ArtifactPath.isSafe(artifact.path) {
                findings.append("\(Self.file) names \"\(artifact.path)\", which is no path within the set")
            } else if !seen.insert(Array(artifact.path.utf8)).inserted {
                findings.append("\(Self.file) names \(artifact.path) twice")
            } else if let store = artifact.store {
                if metadata.stores[store]?.status != .saved {
                    findings.append("\(Self.file) says that \(store) was not saved, and names \(artifact.path)")
                } else if !ArtifactPath.belongs(artifact.path, to: store) {
                    findings.append("\(Self.file) says that \(artifact.path) is of \(store): it cannot be")
                }
            } else if !Self.general.contains(artifact.path) {
                findings.append("\(Self.file) names \(artifact.path), which is of no store")
            }
        }
        return findings
    }

    private var storeFindings: [String] {
        var findings: [String] = []
        for (store, record) in metadata.stores.sorted(by: { $0.key < $1.key })
        where record.status == .saved && !metadata.artifacts.contains(where: { $0.store == store }) {
            findings.append("\(Self.file) says that \(store) was saved, and names nothing of it")
        }
        if metadata.status != metadata.statusOfStores {
            findings.append(
                "\(Self.file) says that the set is \(metadata.status.rawValue), and its stores are \(metadata.statusOfStores.rawValue)"
            )
        }
        if metadata.schemaVersions != metadata.schemaVersionsOfStores {
            findings.append("\(Self.file) has other schema versions for the set than for its stores")
        }
        return findings
    }

    private var documentFindings: [String] {
        var findings: [String] = []
        for name in Self.general.sorted() where !metadata.artifacts.contains(where: { $0.path == name }) {
            findings.append("\(Self.file) does not name \(name)")
        }
        let list = ChecksumList(artifacts: metadata.artifacts.filter { $0.path != ChecksumList.fileName })
        if let recorded = metadata.artifacts.first(where: { $0.path == ChecksumList.fileName }),
            recorded.sha256 != Checksum(of: Array(list.text.utf8))
        {
            findings.append("\(ChecksumList.fileName) has other digests than \(Self.file)")
        }
        return findings
    }
}
