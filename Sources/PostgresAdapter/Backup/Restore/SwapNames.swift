// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The names of the databases of a restore. PostgreSQL would cut longer ones off at 63 bytes, without an error.
struct SwapNames: Hashable, Sendable {
    /// What is replaced.
    let database: String
    private let set: String

    init(database: String, set: String) {
        self.database = database
        self.set = set
    }

    /// What is built beside it.
    var replacement: String { name("restoring") }
    /// What was there before.
    var before: String { name("before") }
    /// What an undone restore had brought.
    var undone: String { name("undone") }

    /// The longest name that PostgreSQL has, in bytes.
    static let limit = 63

    /// `<database>_<role>_<set>`; where that is too long, the database's name is shortened, and a digest keeps it apart from others.
    private func name(_ role: String) -> String {
        let whole = "\(database)_\(role)_\(set)"
        guard whole.utf8.count > Self.limit else { return whole }
        let digest = Checksum(of: Array(whole.utf8)).hexadecimal.prefix(8)
        var tail = "_\(role)_\(set)_\(digest)"
        if tail.utf8.count > Self.limit - 8 { tail = "_\(role)_\(digest)" }
        return Self.shortened(database, tail: tail)
    }

    /// As much of a database's name as fits before a tail.
    static func shortened(_ database: String, tail: String) -> String {
        var head = ""
        for scalar in database.unicodeScalars {
            guard head.utf8.count + String(scalar).utf8.count + tail.utf8.count <= limit else { break }
            head.unicodeScalars.append(scalar)
        }
        return head + tail
    }
}
