// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The names of the databases of a restore. PostgreSQL would cut longer ones off at 63 bytes, without an error.
struct SwapNames: Hashable, Sendable {
    /// What is replaced.
    let database: String
    let set: String

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

    /// The first name that no database has: the name itself, or with a number, `.1`, `.2` and so on. Nothing that is kept is overwritten.
    func free(_ name: String, among there: Set<String>) -> String {
        guard there.contains(name) else { return name }
        var number = 1
        while there.contains(Self.numbered(name, number)) { number += 1 }
        return Self.numbered(name, number)
    }

    /// What is kept under a name with a number.
    func numbered(_ name: String, among there: Set<String>) -> [String] {
        // Somebody may have dropped one in the middle.
        (1...99).map { Self.numbered(name, $0) }.filter(there.contains)
    }

    private static func numbered(_ name: String, _ number: Int) -> String {
        let whole = "\(name).\(number)"
        guard whole.utf8.count > limit else { return whole }
        return shortened(name, tail: "_\(Checksum(of: Array(name.utf8)).hexadecimal.prefix(8)).\(number)")
    }

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
