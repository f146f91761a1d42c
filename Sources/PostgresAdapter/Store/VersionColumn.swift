// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The type of the history's version column, from narrow to wide.
enum VersionColumn: String, Comparable {
    case integer
    case bigint
    case numeric

    /// The narrowest type that holds a version.
    init(holding version: MigrationVersion) {
        if version <= MigrationVersion(UInt64(Int32.max)) {
            self = .integer
        } else if version <= MigrationVersion(UInt64(Int64.max)) {
            self = .bigint
        } else {
            self = .numeric
        }
    }

    static func < (left: VersionColumn, right: VersionColumn) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .integer: 0
        case .bigint: 1
        case .numeric: 2
        }
    }
}
