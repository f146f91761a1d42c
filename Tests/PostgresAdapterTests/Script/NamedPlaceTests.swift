// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("NamedPlace")
struct NamedPlaceTests {
    @Test(
        "The place is where the statement writes the name that the message quotes",
        arguments: [
            (#"relation "users" already exists"#, "CREATE TABLE users ()", "users"),
            (#"relation "users" already exists"#, "CREATE TABLE IF NOT EXISTS app.USERS ()", "USERS"),
            (#"relation "app.users" does not exist"#, "DROP TABLE app.users", "users"),
            (#"column "Name" of relation "t" does not exist"#, #"ALTER TABLE t DROP COLUMN "Name""#, #""Name""#),
            (#"relation "a.b" does not exist"#, #"DROP TABLE "a.b""#, #""a.b""#),
            (#"constraint "c" of relation "t" does not exist"#, "ALTER TABLE t DROP CONSTRAINT c", "c"),
            (#"type "é" does not exist"#, "/* é */ DROP TYPE é", "é"),
        ])
    func finds(message: String, statement: String, name: String) throws {
        let offset = try #require(NamedPlace.find(quotedIn: message, statement: Array(statement.utf8)[...]))
        #expect(String(decoding: Array(statement.utf8)[offset...], as: UTF8.self).hasPrefix(name))
    }

    @Test("Names in comments and strings are not the place")
    func passesOver() throws {
        let statement = "COMMENT /* t */ ON -- t\n TABLE t IS 't'"
        let offset = try #require(
            NamedPlace.find(quotedIn: #"relation "t" does not exist"#, statement: Array(statement.utf8)[...]))
        #expect(String(decoding: Array(statement.utf8)[offset...], as: UTF8.self) == "t IS 't'")
    }

    @Test(
        "There is none when the message quotes nothing, or nothing that the statement has",
        arguments: [
            ("deadlock detected", "SELECT 1"), (#"relation "x" does not exist"#, "SELECT f()"),
            (#"odd " quote"#, "SELECT 1"),
            (#"name """#, "SELECT 1"),
        ])
    func none(message: String, statement: String) {
        #expect(NamedPlace.find(quotedIn: message, statement: Array(statement.utf8)[...]) == nil)
    }
}
