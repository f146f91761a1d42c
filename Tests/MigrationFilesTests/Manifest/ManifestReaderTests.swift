// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct ManifestReaderTests {
    private static let hash = String(repeating: "ab", count: 32)
    private static let files = [
        "0001_x.sql": MigrationID(version: 1), "b/0002_x.sql": MigrationID(component: "b", version: 2),
    ]

    private func read(_ text: String) -> ManifestReader {
        ManifestReader(Array(text.utf8), files: Self.files)
    }

    /// An entry for the file of component `b`, with more members.
    private static func entry(_ members: String) -> String {
        #"{"format":1,"migrations":[{"file":"b/0002_x.sql","checksum":"\#(hash)"\#(members)}]}"#
    }

    @Test func `Everything an entry says is read`() throws {
        let reader = read(
            """
            {
              "migrations": [
                {"file": "0001_x.sql", "checksum": "\(Self.hash.uppercased())", "undo-checksum": "\(Self.hash)"},
                {"checksum": "\(Self.hash)", "file": "b/0002_x.sql", "depends-on": ["core:1", "01", "1"],
                 "no-transaction": true,
                 "lock-timeout": "3s", "statement-timeout": "1h", "compatible-with": "core:01"}
              ],
              "format": 1
            }
            """)
        #expect(reader.problems.isEmpty)
        #expect(reader.isReadable)
        let first = try #require(reader.entries["0001_x.sql"])
        #expect(first.checksum?.value == Checksum(recorded: Self.hash))
        #expect(first.undoChecksum?.value == Checksum(recorded: Self.hash))
        #expect(first.facts == DeclaredFacts())
        let second = try #require(reader.entries["b/0002_x.sql"])
        #expect(
            second.facts.dependencies?.value == [MigrationID(version: 1), MigrationID(component: "b", version: 1)])
        #expect(second.facts.noTransaction == Stated(value: true, position: TextPosition(line: 5, column: 24)))
        #expect(second.facts.lockTimeout == Stated(value: .seconds(3), position: TextPosition(line: 6, column: 22)))
        #expect(second.facts.statementTimeout?.value == .seconds(3600))
        #expect(
            second.facts.compatibleWith
                == Stated(value: MigrationID(version: 1), position: TextPosition(line: 6, column: 74)))
    }

    @Test(arguments: [
        ("", "1:1", "not JSON: the file ends where a value should be."),
        ("{\"format\": 1,\n \"migrations\": [}", "2:17", #"not JSON: "}" where a value should be."#),
        ("[]", "1:1", "the manifest is a list, but has to be an object."),
        ("{}", "1:1", #""format" is missing: write "format": 1."#),
        (#"{"format": 1}"#, "1:1", #""migrations" is missing: write "migrations": [ … ]."#),
        (
            #"{"format": 2, "migrations": []}"#, "1:12",
            #""format" is the number 2, but only format 1 is known. A newer strata may have written this."#
        ),
        (
            #"{"format": "1", "migrations": []}"#, "1:12",
            #""format" is a text, but only format 1 is known. A newer strata may have written this."#
        ),
        (#"{"format": 1, "migrations": {}}"#, "1:29", #""migrations" is an object, but has to be a list."#),
        (
            #"{"format": 1, "migration": [], "migrations": []}"#, "1:15",
            #"unknown key "migration"; did you mean migrations? There are: format, migrations."#
        ),
        (#"{"format": 1, "migrations": [7]}"#, "1:30", "an entry is the number 7, but has to be an object."),
        (#"{"format": 1, "migrations": [{}]}"#, "1:30", #""file" is missing in this entry."#),
        (
            #"{"format": 1, "migrations": [{"file": 1}]}"#, "1:39",
            #""file" holds the number 1, but has to be a text in quotes."#
        ),
        (#"{"format": 1, "migrations": [{"file": "x"}]}"#, "1:30", #""checksum" of x is missing."#),
        (
            #"{"format": 1, "migrations": [{"file": "x", "checksum": "abc"}]}"#, "1:56",
            #""checksum" is "abc", but has to be 64 hexadecimal digits (SHA-256)."#
        ),
        (
            #"{"format": 1, "migrations": [], "migrations": []}"#, "1:33",
            #"the key "migrations" is repeated. Remove one of the two."#
        ),
    ])
    func `What is no manifest is reported at its place`(text: String, place: String, message: String) {
        let reader = read(text)
        #expect(reader.problems.map(\.description) == ["manifest.json:\(place): error: \(message)"])
        #expect(reader.problems.map(\.code) == [.invalidManifest])
    }

    @Test(arguments: [
        (
            #","depend-on":[]"#,
            #"unknown key "depend-on"; did you mean depends-on? There are: file, checksum, undo-checksum, depends-on, no-transaction, lock-timeout, statement-timeout, compatible-with."#
        ),
        (#","depends-on":"core:1""#, #""depends-on" is a text, but has to be a list, for instance ["core:3"]."#),
        (#","depends-on":[1]"#, #""depends-on" holds the number 1, but has to be a text in quotes."#),
        (#","depends-on":["b:2"]"#, "this migration is b:2 itself, and cannot depend on itself; remove the reference."),
        (
            #","depends-on":["x:y"]"#,
            #""x:y" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION alone for component b."#
        ),
        (#","no-transaction":"true""#, #""no-transaction" is a text, but has to be true or false."#),
        (#","no-transaction":null"#, #""no-transaction" is null, but has to be true or false."#),
        (#","lock-timeout":3"#, #""lock-timeout" holds the number 3, but has to be a text in quotes."#),
        (
            #","statement-timeout":"3""#,
            #""statement-timeout": "3" has no unit: write a whole number and one of the units us, ms, s, min, h, d, for instance 3s."#
        ),
        (#","compatible-with":1"#, #""compatible-with" holds the number 1, but has to be a text in quotes."#),
        (
            #","compatible-with":"core:1,2""#,
            #""compatible-with": "core:1,2" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION alone for component b; a build is named by one migration."#
        ),
        (
            #","compatible-with":"core:2""#,
            "compatible-with names core:2, which is not in the folder, so no build can have had it. Name the newest migration of the oldest build that can work with the schema."
        ),
        (
            #","compatible-with":"3""#,
            "compatible-with names b:3, which is newer than this migration, b:2: no build had it without this one. Name the newest migration of the oldest build that can work with the schema."
        ),
        (#","undo-checksum":true"#, #""undo-checksum" holds true, but has to be a text in quotes."#),
    ])
    func `What an entry must not say is reported`(members: String, message: String) {
        let reader = read(Self.entry(members))
        #expect(reader.problems.map(\.message) == [message])
        #expect(reader.entries.count == 1)
    }

    @Test func `All problems of a manifest are reported`() {
        let reader = read(
            """
            {"format": 1, "wrong": 1, "migrations": [
              {"file": "0001_x.sql", "checksum": "x", "lock-timeout": "x"},
              {"file": "0001_x.sql", "checksum": "\(Self.hash)"},
              {"file": "other.sql", "more": 1}]}
            """)
        #expect(reader.problems.map(\.line) == [1, 2, 2, 3, 4, 4])
        #expect(
            reader.problems[3].description
                == "manifest.json:3:12: error: 0001_x.sql is listed a second time, after line 2. Remove one.")
    }
}
