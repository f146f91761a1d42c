// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A statement that turns out to need the outside of a transaction")
struct HintTests {
    private static let setup = """
        CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
        CREATE TABLE p (a int) PARTITION BY LIST (a);
        CREATE INDEX pi ON p (a);
        CREATE TYPE mood AS ENUM ('sad');
        CREATE TABLE moods (mood mood);
        """
    private static let directive = #"put the line "-- strata: no-transaction" before the first statement of the file"#

    struct Case: Sendable, CustomTestStringConvertible {
        let script: String
        let hint: String
        /// Whether the script works when it does what the hint says.
        var works = true
        var testDescription: String { script }
    }

    static let cases = [
        Case(script: "REINDEX TABLE p;", hint: "it has to run outside of a transaction: \(directive)."),
        Case(script: "CLUSTER p USING pi;", hint: "it has to run outside of a transaction: \(directive)."),
        Case(
            script: "ALTER TYPE mood ADD VALUE 'ok';\nCOPY moods FROM stdin;\nok\n\\.\n",
            hint: "a new enum value can be used only after a commit: \(directive)."),
        Case(
            script: "SELECT 1;\nBEGIN; CALL commits(); COMMIT;",
            hint:
                "what commits has to run outside of a transaction: end the block that begins on line 2 before it, and \(directive).",
            works: false),
        Case(
            script: "VACUUM;\nBEGIN;\nCALL commits(); COMMIT;",
            hint: "what commits has to run outside of a transaction: end the block that begins on line 2 before it.",
            works: false),
        Case(
            script: "BEGIN;\nALTER TYPE mood ADD VALUE 'ok'; INSERT INTO moods VALUES ('ok'); COMMIT;",
            hint: """
                a new enum value can be used only after a commit: end the block that begins on line 1 behind the statement \
                that adds it, and begin another one.
                """, works: false),
        Case(
            script: "DO $$ BEGIN ALTER TYPE mood ADD VALUE 'ok'; END $$; INSERT INTO moods VALUES ('ok');",
            hint:
                "a new enum value can be used only after a commit: add it in a file of its own, and run without --single-transaction.",
            works: false),
    ]

    @Test("The message says how to run it, and so it runs", arguments: cases)
    func hint(testCase: Case) async throws {
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            let error = try #require(await database.failure(ScriptSource([testCase.script])))
            // The server can have a hint of its own.
            let hint = error.description.split(separator: "\n").last { $0.hasPrefix("hint: ") }
            #expect(hint == "hint: \(testCase.hint)")
            guard testCase.works else { return }
            var directives = Migration.Directives()
            directives.noTransaction = true
            var source = ScriptSource([])
            source.add("0001_step.sql", Array(testCase.script.utf8), directives: directives)
            #expect(try await database.migrate(source) == ["0001_step.sql"])
        }
    }

    @Test("An enum value that an earlier file added is usable without the one transaction for all")
    func singleTransaction() async throws {
        try await TestDatabase.with { database in
            try await database.query(Self.setup)
            let source = ScriptSource(["ALTER TYPE mood ADD VALUE 'ok'", "INSERT INTO moods VALUES ('ok')"])
            let error = try #require(await database.failure(source, options: RunOptions(singleTransaction: true)))
            #expect(error.description.contains("add it in a file of its own, and run without --single-transaction."))
            #expect(try await database.migrate(source).count == 2)
        }
    }

    @Test(
        "A sequence cannot be part of one transaction: refused before anything is executed",
        arguments: ["VACUUM;", "BEGIN; COMMIT; BEGIN; COMMIT;"])
    func refused(script: String) async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource(["CREATE TABLE a ()", "CREATE TABLE b ();\n\(script)"])
            let error = try #require(await database.failure(source, options: RunOptions(singleTransaction: true)))
            #expect(error.code == .refused)
            #expect(error.description.contains("--single-transaction"))
            #expect(try await database.tables() == [])
        }
    }
}
