// SPDX-License-Identifier: Apache-2.0

/// One store that can be saved into a backup set: a PostgreSQL database, a Redis server.
///
/// A target only knows its own store. Where artifacts are kept, how they are hashed and synced, when a set becomes visible: that
/// is the business of whoever runs the targets, who gives each of them a ``BackupDestination``.
///
/// To write a target of your own, conform to this protocol; to prove and to restore what it saved, conform to
/// ``ArtifactVerifier`` and ``RestoreTarget``. Throw errors that conform to ``BackupError`` where the kind matters to the caller.
public protocol BackupTarget: Sendable {
    /// What kind of store this is. Names the target in a set's metadata, and its artifacts' folder.
    var store: StoreName { get }

    /// Where the store is, for people and metadata. Holds no secret.
    var address: String { get }

    /// Saves the store as it is at one instant.
    ///
    /// Called once for a set, at the same time as the targets of other stores. Everything that the store's restoring needs is
    /// written to the destination when this returns. It must throw when the store stops before its end: what merely stops counts as
    /// whole. It need not clean up in the destination after an error; in the store it leaves nothing behind in any case: no lock, no
    /// setting, no session. A cancelled task means to give up soon.
    ///
    /// - Parameters:
    ///   - destination: Takes the artifacts.
    ///   - observe: Told how far it is. Must not block.
    /// - Returns: What was saved, for the metadata.
    func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot
}
