// SPDX-License-Identifier: Apache-2.0

/// One store that a part of a set can be brought back into.
///
/// The caller has verified the part. It opens a session, calls ``RestoreSession/prepare(observe:)`` for all stores, and only when all
/// are prepared ``RestoreSession/swap(observe:)``; or ``RestoreSession/discard()``.
public protocol RestoreTarget: Sendable {
    /// The session that ``openSession(_:options:)`` returns.
    associatedtype Session: RestoreSession

    /// The kind of store.
    var store: StoreName { get }

    /// Where the store is, for people. Holds no secret.
    var address: String { get }

    /// Finds out whether and how the part can be restored. Changes nothing.
    ///
    /// - Throws: A ``BackupError`` of category ``BackupErrorCategory/refused`` when it cannot: an older server, no space.
    func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> Session

    /// Finds out whether ``undo(set:observe:)`` has something to bring back, and whether it could. Changes nothing.
    ///
    /// All stores of a set are asked before the first of them is undone.
    ///
    /// - Throws: When there is something and it cannot be brought back now, or when that cannot be found out.
    func undoState(set: String) async throws -> UndoState

    /// Brings back what the store was before the restore of that set.
    ///
    /// - Returns: What was done, a sentence each.
    func undo(set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String]
}

/// Whether the restore of a set can be undone.
public enum UndoState: Hashable, Sendable {
    /// What was there before is kept, and can be brought back.
    case possible
    /// Nothing of that set is there to be undone: it was not restored into the store, or that was undone already. Why, in a sentence.
    case nothing(reason: String)
}

/// One restore of one store.
public protocol RestoreSession: Sendable {
    /// What will be done, a sentence each, in order: for `--dry-run`.
    var steps: [String] { get }

    /// What people should know before: the set is older than the files, say.
    var notices: [String] { get }

    /// Builds the replacement beside the store as it is, and verifies it. The store itself is not changed.
    func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws

    /// Puts the replacement into the store's place; the old contents stay aside.
    ///
    /// When it throws, the store is as it was, or the error says what is left to do. With ``BackupErrorCategory/volatile`` it was replaced all
    /// the same. With ``BackupErrorCategory/uncertain`` it says that nobody knows.
    ///
    /// - Returns: What is there now, and how to get back, a sentence each.
    func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String]

    /// Takes a swap back, because another store of the set failed: the store is what it was before, also where that was nothing.
    ///
    /// Called at most once, after ``swap(observe:)``. Without an implementation, ``RestoreTarget/undo(set:observe:)`` is called instead.
    ///
    /// - Returns: Whether it was done.
    func revert() async throws -> Bool

    /// Takes away what ``prepare(observe:)`` built, closes connections and gives locks back. Never throws.
    ///
    /// Called last in every case; before that as well when what was swapped has to be undone because another store failed.
    func discard() async
}

extension RestoreSession {
    public func revert() async throws -> Bool { false }
}

/// How a part of a set is restored.
public struct RestoreOptions: Hashable, Sendable {
    /// A name to restore into instead of the store's own, which stays as it is: a database, a folder. `nil`: in its place.
    public var into: String?

    /// Makes options.
    public init(into: String? = nil) {
        self.into = into
    }
}
