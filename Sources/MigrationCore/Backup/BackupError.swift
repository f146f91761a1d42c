// SPDX-License-Identifier: Apache-2.0

/// An error of a backup, a proof or a restore that tells which of the few kinds it is that a caller acts on.
///
/// Its `description` is a sentence for people: what happened, where, what to do. It holds no secret.
public protocol BackupError: Error, CustomStringConvertible {
    /// The kind.
    var category: BackupErrorCategory { get }
}

/// The kinds of errors of backups that a caller acts on.
public struct BackupErrorCategory: Hashable, Sendable {
    private enum Value {
        case unavailable, configuration, destination, store, damaged, refused, disagreement, busy, uncertain, volatile
        case cancelled
    }
    private let value: Value

    /// The store cannot be reached, or refuses us.
    public static let unavailable = Self(value: .unavailable)
    /// The settings cannot be used, or a program that is needed is not there.
    public static let configuration = Self(value: .configuration)
    /// What takes the backup failed: no space, no permission, an error of the disk.
    public static let destination = Self(value: .destination)
    /// The store failed, or stopped before its end.
    public static let store = Self(value: .store)
    /// What was read from a set is not what was written.
    public static let damaged = Self(value: .damaged)
    /// Doing it would destroy something or cannot work; nothing was changed.
    public static let refused = Self(value: .refused)
    /// What is to be restored and the migrations at hand do not go together; nothing was changed.
    public static let disagreement = Self(value: .disagreement)
    /// Somebody else is at it; nothing was changed.
    public static let busy = Self(value: .busy)
    /// Whether it was done is not known: the connection was lost at that moment.
    public static let uncertain = Self(value: .uncertain)
    /// It was done, and can still get lost: the store has it in memory, and could not write it to its disk.
    public static let volatile = Self(value: .volatile)
    /// The task was cancelled.
    public static let cancelled = Self(value: .cancelled)
}
