// SPDX-License-Identifier: Apache-2.0

/// The name of a table with its schema's, compared as PostgreSQL does: by bytes.
///
/// To Swift `é` as one sign and `é` as two are the same text; to PostgreSQL they are two tables.
struct ExactName: Hashable, Comparable {
    private let parts: [[UInt8]]

    init(_ name: String) { self.init([name]) }

    init(_ parts: [String]) { self.parts = parts.map { Array($0.utf8) } }

    static func < (left: ExactName, right: ExactName) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts) { $0.lexicographicallyPrecedes($1) }
    }
}
