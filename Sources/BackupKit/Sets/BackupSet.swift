// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A backup set that was published: its folder and what its metadata says.
public struct BackupSet: Hashable, Sendable {
    /// Its name; for a set that was moved elsewhere, the one that its metadata says.
    public let name: SetName
    /// Its folder, an absolute path.
    public let folder: String
    /// What its metadata says.
    public let metadata: BackupMetadata
    /// What was proven of it, the oldest first; only what holds for this very metadata.
    public let receipts: [VerificationReceipt]

    /// The bytes of all artifacts.
    public var bytes: Int64 { metadata.artifacts.reduce(0) { $0 + $1.bytes } }

    /// The highest level that the set passed since it last failed one; `nil` when it passed none, or is damaged.
    public var verified: VerificationLevel? { proof?.level }

    /// What says so: the newest proof of that level that could compare everything; where none could, the newest.
    public var proof: VerificationReceipt? {
        guard failure == nil else { return nil }
        let since = receipts.lastIndex { !$0.passed }.map { $0 + 1 } ?? 0
        let passed = receipts[since...]
        let highest = passed.filter { $0.level == passed.map(\.level).max() }
        return highest.last { $0.limitations.isEmpty } ?? highest.last
    }

    /// Whether it failed a level of proof, and has not passed that one or a higher one since.
    public var isDamaged: Bool { failure != nil }

    /// What was found when it failed: a lower level that it passes afterwards does not take that back.
    public var failure: VerificationReceipt? {
        receipts.enumerated().last { index, receipt in
            !receipt.passed
                && !receipts[(index + 1)...].contains { $0.passed && $0.level >= receipt.level }
        }?.element
    }

    /// The newest of what was found out, whether it passed or not.
    public var lastReceipt: VerificationReceipt? { receipts.last }

    /// What it has of a store; `nil` when the store is not in it.
    public func part(_ store: StoreName) -> StoredPart? {
        guard let record = metadata.stores[store], let snapshot = record.snapshot else { return nil }
        return StoredPart(
            set: name.description, folder: folder, store: store, address: record.address ?? "", snapshot: snapshot,
            artifacts: metadata.artifacts.filter { $0.store == store }.map {
                StoredArtifact(path: $0.path, bytes: $0.bytes, checksum: $0.sha256)
            })
    }

    /// What it has of all stores that are in it, by their names.
    public var parts: [StoredPart] { metadata.stores.keys.sorted().compactMap(part) }

    /// Describes a set that was published just now.
    init(name: SetName, folder: String, metadata: BackupMetadata) {
        self.name = name
        self.folder = folder
        self.metadata = metadata
        receipts = []
    }

    /// Reads a set from its folder. Nothing but the metadata is looked at.
    ///
    /// - Throws: ``BackupKitError`` when there is none, or its metadata is damaged.
    public init(at folder: String, files: any BackupFileSystem = SystemFiles()) throws {
        let path = "\(folder)/\(BackupMetadata.fileName)"
        switch try files.kind(of: folder) {
        case .folder: break
        case nil: throw BackupKitError(.refused, "there is no set in \(folder): there is no such folder")
        default: throw BackupKitError(.refused, "there is no set in \(folder): it is no folder")
        }
        guard case .file = try files.kind(of: path) else {
            throw BackupKitError(
                .damaged, "\(folder) has no \(BackupMetadata.fileName): it is no set, or what is left of one")
        }
        let metadata = try BackupMetadata.decoded(try files.contents(of: path), path: path)
        guard let name = SetName("backup_\(metadata.timestamp)") else {
            throw BackupKitError(.damaged, "\(path) says \"\(metadata.timestamp)\", which is no set's time")
        }
        self.name = name
        self.folder = folder
        self.metadata = metadata
        receipts =
            (try? VerificationReceipts.read(in: folder, files: files))?.filter { $0.metadata == metadata.checksum }
            ?? []
    }
}
