// SPDX-License-Identifier: Apache-2.0

/// One store that can be saved into a backup set: a PostgreSQL database, a Redis server.
///
/// A target only knows its own store. Where artifacts are kept, how they are hashed, when a set becomes visible: that is the
/// business of whoever runs the targets. A target opens a session, the caller drives it to its end:
/// ``BackupTargetSession/begin()``, then ``BackupTargetSession/readArtifact(_:)`` until all is read, then
/// ``BackupTargetSession/close()``, always.
public protocol BackupTarget: Sendable {
    /// The session that ``openSession()`` returns.
    associatedtype Session: BackupTargetSession

    /// What kind of store this is: `postgres`, `redis`. Names the target in a set's metadata.
    var kind: String { get }

    /// Where the store is, for people and metadata. Holds no secret.
    var address: String { get }

    /// Connects. Changes nothing in the store.
    func openSession() async throws -> Session
}

/// One backup of one ``BackupTarget``, from one instant of its store.
public protocol BackupTargetSession: Sendable {
    /// Fixes the instant that the backup shows, and says which artifacts it consists of.
    ///
    /// Called once. All that is read afterwards is the store as it was at that instant.
    func begin() async throws -> [BackupArtifact]

    /// The next bytes of an artifact, at most a few megabytes; empty at its end.
    ///
    /// Called for one artifact after the other, in the order that ``begin()`` gave, each until it is at its end. Must throw
    /// when the store stops before its end: an artifact that merely stops counts as whole.
    func readArtifact(_ artifact: BackupArtifact) async throws -> [UInt8]

    /// Gives back what the session holds in the store. Called once; never throws.
    func close() async
}

/// One file of a backup.
public struct BackupArtifact: Hashable, Sendable {
    /// The path within the set, with `/` between its parts: `redis/dump.rdb`.
    public var path: String
    /// How many bytes it is going to have, where that is known beforehand.
    public var expectedBytes: UInt64?

    /// Makes an artifact.
    public init(path: String, expectedBytes: UInt64? = nil) {
        self.path = path
        self.expectedBytes = expectedBytes
    }
}
