// SPDX-License-Identifier: Apache-2.0

/// Where a target puts the artifacts of its store.
///
/// Paths are relative to the set, with `/` between their parts, and begin with what belongs to the store: `redis/dump.rdb`,
/// `postgres_app.dump`. Folders in between are made as needed. Files are readable for their owner only. Nothing has to be
/// synced or hashed by the target.
public protocol BackupDestination: Sendable {
    /// Creates a file that is written from its start to its end.
    ///
    /// - Throws: A ``BackupError`` of category ``BackupErrorCategory/destination`` when there is one already, or it cannot be made.
    func makeFile(_ path: String) async throws -> any ArtifactWriter

    /// Creates a folder that the target, or a program that it starts, fills by itself; the whole tree becomes part of the set.
    ///
    /// A file in it may also come from ``linkFile(_:)`` or ``copyFile(at:to:)``; the target leaves it alone then.
    ///
    /// - Returns: Its absolute path.
    func makeFolder(_ path: String) async throws -> String

    /// Copies a file of this machine into the set, as fast as the file system can: blocks are shared where it is able to.
    ///
    /// - Returns: How many bytes it has.
    @discardableResult
    func copyFile(at source: String, to path: String) async throws -> Int64

    /// What the newest complete set holds of the same store; `nil` when there is none.
    ///
    /// For targets that need not save again what did not change: see ``linkFile(_:)``.
    var previous: PreviousSnapshot? { get }

    /// Takes a file from the set of ``previous``, at the same path, without copying it: both sets share it.
    ///
    /// The target is certain that the store's file has not changed since.
    ///
    /// - Returns: Whether it was possible; if not, the target copies the file.
    func linkFile(_ path: String) async throws -> Bool

    /// How many bytes can be written until the file system is full; `nil` where that is not known.
    var freeBytes: Int64? { get async }
}

/// Takes the bytes of one file.
public protocol ArtifactWriter: ByteSink {
    /// Ends the file. Called once, and only when it is whole: a file that was not ended makes the backup of its store fail.
    ///
    /// - Returns: How many bytes it has.
    @discardableResult
    func finish() async throws -> Int64
}

/// Takes bytes, one piece after the other.
public protocol ByteSink: Sendable {
    /// Takes the next bytes, in the order of the calls.
    ///
    /// Returns when more can be taken, which may be before these are written; what goes wrong then is thrown by a later call.
    func write(_ bytes: [UInt8]) async throws
}

/// Gives bytes, one piece after the other.
public protocol ByteSource: Sendable {
    /// The next bytes, at least one; `nil` at the end. One task at a time asks.
    ///
    /// - Throws: What the bytes are missing for; and soon when the task is cancelled.
    func next() async throws -> [UInt8]?
}

/// What an earlier set holds of a store.
public struct PreviousSnapshot: Hashable, Sendable {
    /// The name of the set.
    public var set: String
    /// What its target said of it.
    public var snapshot: StoreSnapshot
    /// Its artifacts of the store, by their paths.
    public var artifacts: [String: StoredArtifact]

    /// Makes a description of an earlier set.
    public init(set: String, snapshot: StoreSnapshot, artifacts: [String: StoredArtifact]) {
        self.set = set
        self.snapshot = snapshot
        self.artifacts = artifacts
    }
}
