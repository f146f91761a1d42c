// SPDX-License-Identifier: Apache-2.0

/// What files and history together say of one migration.
public enum MigrationState: String, Hashable, Sendable, CaseIterable {
    /// In the history, with the same checksum.
    case applied
    /// Not in the history.
    case pending
    /// In the history with another checksum.
    case drifted
    /// In the history, not in the source, below the newest version that the source knows of its component.
    case missing
    /// In the history, newer than anything in the source: the database belongs to a newer build.
    case ahead
    /// Not in the history, below an applied version of its component.
    case outOfOrder
    /// Not in the history, but some of its statements are done: the next run goes on with the others.
    case incomplete

    /// The words that the program prints: `CHECKSUM MISMATCH` for a drifted migration.
    public var label: String {
        switch self {
        case .applied: "APPLIED"
        case .pending: "PENDING"
        case .drifted: "CHECKSUM MISMATCH"
        case .missing: "MISSING"
        case .ahead: "AHEAD"
        case .outOfOrder: "OUT OF ORDER"
        case .incomplete: "INCOMPLETE"
        }
    }
}
