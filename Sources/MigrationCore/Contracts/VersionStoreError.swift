// SPDX-License-Identifier: Apache-2.0

/// An error of a store that tells which of the few kinds it is that a caller acts on.
///
/// A store may throw any error; one that does not conform counts as ``VersionStoreErrorCategory/failed``.
public protocol VersionStoreError: Error {
    /// The kind.
    var category: VersionStoreErrorCategory { get }

    /// What of the migration that failed took effect all the same, in a sentence; `nil`, which is the default: nothing.
    ///
    /// For stores that have statements which cannot be part of a transaction. The next run goes on from there.
    var partialProgress: String? { get }

    /// How long the migration that failed was executed; `nil`, which is the default, if that is not known.
    var elapsed: Duration? { get }
}

extension VersionStoreError {
    /// Nothing.
    public var partialProgress: String? { nil }

    /// Not known.
    public var elapsed: Duration? { nil }
}

/// The kinds of store errors that a caller acts on.
public struct VersionStoreErrorCategory: Hashable, Sendable {
    private enum Value { case unavailable, lockTimeout, cancelled, invalidScript, failed, outcomeUnknown }
    private let value: Value

    /// The store cannot be reached, or refuses us.
    public static let unavailable = Self(value: .unavailable)
    /// The lock was not free in time.
    public static let lockTimeout = Self(value: .lockTimeout)
    /// The run was cancelled, and what it was doing was undone.
    public static let cancelled = Self(value: .cancelled)
    /// A script is not one that the store accepts; found before anything was executed.
    public static let invalidScript = Self(value: .invalidScript)
    /// Something was executed and failed; it was undone.
    public static let failed = Self(value: .failed)
    /// The connection was lost at the moment of a commit: the history tells whether it took effect.
    public static let outcomeUnknown = Self(value: .outcomeUnknown)
}
