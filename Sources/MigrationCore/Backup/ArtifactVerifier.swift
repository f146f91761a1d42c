// SPDX-License-Identifier: Apache-2.0

/// Proves what a set holds of one kind of store. Needs no connection to the store that was saved.
///
/// That every byte is the one that was written has been proven before by whoever calls this.
public protocol ArtifactVerifier: Sendable {
    /// The kind of store.
    var store: StoreName { get }

    /// Parses everything, from its first to its last byte.
    ///
    /// - Returns: What is wrong, a sentence each with the artifact's path; empty when all of it can be read.
    /// - Throws: When it cannot be found out: a program that is needed is not there, no space.
    func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String]

    /// Restores everything into a throw-away server of its own, and compares what is there then with what the set says of it.
    ///
    /// Leaves nothing behind, also when it throws.
    ///
    /// - Returns: What was compared, and what is not the same.
    /// - Throws: When it cannot be found out: a program that is needed is not there, no space.
    func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof
}

/// What came out when a part of a set was restored for proof.
public struct RestoreProof: Hashable, Sendable {
    /// What was compared and found to be the same: `12 tables, 48,113 rows`.
    public var compared: [String]
    /// What is not the same, a sentence each; empty when the part is proven.
    public var differences: [String]
    /// What could not be compared, a few words each that can follow "restored": `without ChromaDB`.
    public var limitations: [String]
    /// The version of the server that it was restored into.
    public var serverVersion: String?

    /// Makes a result.
    public init(
        compared: [String], differences: [String], limitations: [String] = [], serverVersion: String? = nil
    ) {
        self.compared = compared
        self.differences = differences
        self.limitations = limitations
        self.serverVersion = serverVersion
    }
}
