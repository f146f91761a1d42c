// SPDX-License-Identifier: Apache-2.0

/// What SQLite says of a file that it could not use.
struct SQLiteError: Error, Hashable, CustomStringConvertible {
    /// The few kinds that callers act on.
    enum Kind: Hashable, Sendable { case busy, readOnly, cannotOpen, damaged, notADatabase, full, interrupted, other }

    var kind: Kind
    var path: String
    /// SQLite's own words.
    var message: String

    var description: String { "\(path): \(message) (SQLite)" }
}
