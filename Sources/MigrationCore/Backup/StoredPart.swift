// SPDX-License-Identifier: Apache-2.0

/// What a set holds of one store, for those who prove or restore it.
public struct StoredPart: Hashable, Sendable {
    /// The name of the set: `backup_20250916_123000`.
    public var set: String
    /// The set's folder, an absolute path.
    public var folder: String
    /// The kind of store.
    public var store: StoreName
    /// Where the store was.
    public var address: String
    /// What its target said when it was saved.
    public var snapshot: StoreSnapshot
    /// The artifacts of the store, sorted by their paths.
    public var artifacts: [StoredArtifact]

    /// Makes a description of what a set holds of a store.
    public init(
        set: String, folder: String, store: StoreName, address: String, snapshot: StoreSnapshot,
        artifacts: [StoredArtifact]
    ) {
        self.set = set
        self.folder = folder
        self.store = store
        self.address = address
        self.snapshot = snapshot
        self.artifacts = artifacts
    }

    /// The absolute path of an artifact.
    public func location(of artifact: StoredArtifact) -> String { "\(folder)/\(artifact.path)" }
}

/// One file of a set.
public struct StoredArtifact: Hashable, Sendable {
    /// The path within the set.
    public var path: String
    /// How many bytes it has.
    public var bytes: Int64
    /// The SHA-256 of its bytes.
    public var checksum: Checksum

    /// Makes a description of a file.
    public init(path: String, bytes: Int64, checksum: Checksum) {
        self.path = path
        self.bytes = bytes
        self.checksum = checksum
    }
}
