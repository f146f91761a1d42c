// SPDX-License-Identifier: Apache-2.0

import Testing

/// Folders with something wrong in them. No command that reads them goes on, and the message says what to do.
@Suite("Files that cannot be applied", .timeLimit(.minutes(60)))
struct FileProblemTests {
    struct Situation: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [(name: String, bytes: [UInt8])]
        /// What the message has to say: where, what, and the way out.
        var saying: [String]

        init(_ name: String, _ files: KeyValuePairs<String, String>, saying: String...) {
            self.name = name
            self.files = files.map { ($0, Array($1.utf8)) }
            self.saying = saying
        }

        var testDescription: String { name }
    }

    static let situations: [Situation] = [
        Situation(
            "duplicate", ["0001_a.sql": "SELECT 1", "1_b.sql": "SELECT 1"],
            saying: "0001_a.sql and 1_b.sql both are version 1 of component core", "Give one of them another number"),
        Situation(
            "cyclic",
            [
                "0001_a.sql": "-- strata: depends-on b:1\n", "b/0001_b.sql": "-- strata: depends-on c:1\n",
                "c/0001_c.sql": "-- strata: depends-on core:1\n",
            ],
            saying: "depend on each other in a circle: core:1 -> b:1 -> c:1 -> core:1",
            "Remove one of the depends-on lines"),
        Situation(
            "unknown dependency", ["0001_a.sql": "-- strata: depends-on b:1\n"],
            saying: "0001_a.sql depends on b:1, which is not among the files", "Correct its depends-on line"),
        Situation(
            "wrong name", ["add_users.sql": "SELECT 1"],
            saying: "add_users.sql: error: the name does not begin with a version", "0001_add_users.sql",
            "rename the file"),
        Situation(
            "wrong component", ["b c/0001_a.sql": "SELECT 1"], saying: "b c: error:", "Rename the folder"),
        Situation(
            "unknown directive", ["0001_a.sql": "SELECT 1", "0002_b.sql": "-- x\n-- strata: depend-on core:1\n"],
            saying: "0002_b.sql:2:12: error: unknown directive \"depend-on\"; did you mean depends-on?", "There are: "),
        Situation(
            "invalid directive", ["0001_a.sql": "-- strata: lock-timeout soon\n"], saying: "0001_a.sql:1:25: error:",
            "soon"),
        Situation(
            "undo without migration", ["0001_a.down.sql": ""],
            saying: "0001_a.down.sql: error: this undoes version 1 of component core, but there is no such migration"),
        Situation(
            "manifest disagrees",
            ["0001_a.sql": "SELECT 1", "manifest.json": "{\"format\": 1, \"migrations\": []}"],
            saying: "0001_a.sql", "manifest"),
        Situation(
            "open string", ["0001_a.sql": "SELECT 1;\n  SELECT 'é"],
            saying: "0001_a.sql:2:10: error: the string that begins here is not closed", "    2 |   SELECT 'é\n",
            "\n      |          ^"),
        Situation(
            "stray commit", ["0001_a.sql": "SELECT 1;\nCOMMIT;"],
            saying: "0001_a.sql:2:1: error: this COMMIT would end our transaction", "hint: remove it"),
        Situation(
            "rollback", ["0001_a.sql": "ROLLBACK;"],
            saying: "0001_a.sql:1:1: error: this would undo the migration", "hint: remove it"),
        Situation(
            "open block", ["0001_a.sql": "BEGIN;\nSELECT 1;"],
            saying: "0001_a.sql:1:1: error: this transaction block is never ended", "hint: add COMMIT;"),
        Situation(
            "psql command", ["0001_a.sql": "\\ir other.sql\n"],
            saying: "0001_a.sql:1:1: error: \\ir belongs to psql and is not SQL; put that file's text here"),
    ]

    @Test("Nothing runs: migrate ends with 4, says where and what to do, as a document too", arguments: situations)
    func migrate(situation: Situation) async throws {
        try await Stage.with { stage in
            for file in situation.files { try stage.scratch.write("migrations/\(file.name)", file.bytes) }
            let outcome = try await stage.strata("migrate")
            #expect(outcome.output.isEmpty)
            for text in situation.saying { outcome.expect(4, saying: text) }
            let error = try #require(try await stage.strata("migrate", "--json").document().error)
            #expect(error.status == 4)
            for text in situation.saying { #expect(error.message.contains(text)) }
            #expect(try await stage.tables() == [])
            #expect(try await stage.history() == [])
        }
    }

    @Test("validate finds the same without a database", arguments: situations)
    func validate(situation: Situation) async throws {
        let scratch = try Scratch()
        for file in situation.files { try scratch.write("migrations/\(file.name)", file.bytes) }
        let outcome = try await Program.strata().run(["validate"], in: scratch)
        for text in situation.saying { outcome.expect(4, saying: text) }
    }

    @Test("Text that is not UTF-8 is an error with the byte's offset, and a file in UTF-16 is recognised")
    func notUTF8() async throws {
        let scratch = try Scratch()
        try scratch.write("migrations/0001_a.sql", Array("SELECT 1;\n-- caf".utf8) + [0xE9, 0x0A])
        try await Program.strata().run(["validate"], in: scratch).expect(
            4, saying: "0001_a.sql:2: error: not UTF-8: the byte at offset 16", "iconv -f WINDOWS-1252 -t UTF-8")
        try scratch.write("migrations/0001_a.sql", [0xFF, 0xFE, 0x53, 0])
        try await Program.strata().run(["validate"], in: scratch).expect(4, saying: "UTF-16", "iconv -f UTF-16")
    }

    @Test("No folder, a file in its place, a link that leads nowhere: each says what to do")
    func folder() async throws {
        try await Stage.with { stage in
            let nowhere = try await stage.strata("migrate", "--migrations", "nowhere")
            nowhere.expect(
                4, saying: "nowhere: error: there is no such folder. Create it, or name the folder", "--migrations DIR")
            try stage.scratch.write("file", "")
            try await stage.strata("status", "--migrations", "file").expect(
                4, saying: "file: error: this is not a folder")
            try stage.link("0001_a.sql", to: "gone.sql")
            try await stage.strata("migrate").expect(
                4, saying: "0001_a.sql: error: there is no such file", "Bring the target back")
            try stage.remove("0001_a.sql")
            try stage.write("0001_a.sql/x", "")
            try await stage.strata("migrate").expect(4, saying: "0001_a.sql: error: this is a folder")
        }
    }

    @Test("An empty folder is nothing to do, and is pointed out: mostly it is the wrong one")
    func emptyFolder() async throws {
        try await Stage.with { stage in
            let outcome = try await stage.strata("migrate")
            outcome.expect(0, saying: "there are no migrations in migrations")
            #expect(outcome.output == "nothing to do\n")
            try await stage.strata("status", "--check").expect(0, saying: "there are no migrations in migrations")
        }
    }
}
