// SPDX-License-Identifier: Apache-2.0

/// Folders of migrations that many tests need.
enum Migrations {
    /// A folder with one migration, for tests that have no database.
    static func one() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", "CREATE TABLE a (id int);\n")
        return scratch
    }
}
