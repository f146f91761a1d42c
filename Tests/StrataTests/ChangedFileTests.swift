// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("An applied file that changed", .timeLimit(.minutes(60)))
struct ChangedFileTests {
    private static let text = "CREATE TABLE a (id int);\nCOMMENT ON TABLE a IS 'it''s';\n"

    private static func prepare(_ stage: Stage) async throws -> String {
        try stage.write("0001_a.sql", text)
        try await stage.strata("migrate").requireStatus(0)
        try stage.write("0002_b.sql", "CREATE TABLE b (id int);\n")
        return try await stage.query("SELECT checksum FROM schema_versions")
    }

    @Test("One changed byte: CHECKSUM MISMATCH in status, and migrate executes nothing and tells the ways out")
    func oneByte() async throws {
        try await Stage.with { stage in
            let recorded = try await Self.prepare(stage)
            try stage.write("0001_a.sql", Self.text.replacing("it''s", with: "at''s"))
            let status = try await stage.strata("status")
            status.expect(4, saying: "CHECKSUM MISMATCH")
            #expect(
                status.lines == [
                    "0001 | 0001_a.sql                    | CHECKSUM MISMATCH",
                    "0002 | 0002_b.sql                    | PENDING",
                ])

            let now = try #require(try await stage.strata("validate", "--json").document().migrations?.first?.checksum)
            #expect(now != recorded)
            let outcome = try await stage.strata("migrate", "--json")
            outcome.expect(
                4, saying: "CHECKSUM MISMATCH: 0001_a.sql is not what was applied on 20", "recorded  \(recorded)",
                "now       \(now)", "bring the file back", "strata new", "strata fake core:1", "Nothing was executed.")
            let entry = try #require(try await stage.strata("status", "--json").document().migrations?.first)
            #expect(entry.state == "CHECKSUM MISMATCH")
            #expect([entry.recorded_checksum, entry.checksum] == [recorded, now])
            #expect(try await stage.tables() == ["a"])
            #expect(try await stage.history() == ["core:1 0001_a.sql"])
        }
    }

    @Test("The first way out: bring the file back")
    func bringBack() async throws {
        try await Stage.with { stage in
            _ = try await Self.prepare(stage)
            try stage.write("0001_a.sql", Self.text + " ")
            try await stage.strata("migrate").expect(4)
            try stage.write("0001_a.sql", Self.text)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b"])
        }
    }

    @Test("The last way out: fake records the file as it is now, without running it")
    func fake() async throws {
        try await Stage.with { stage in
            let recorded = try await Self.prepare(stage)
            try stage.write("0001_a.sql", Self.text + "-- one more line\n")
            let outcome = try await stage.strata("fake", "core:1")
            outcome.expect(0)
            #expect(outcome.output == "recorded 0001_a.sql as applied; it was not run\n")
            #expect(try await stage.query("SELECT checksum FROM schema_versions") != recorded)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b"])
        }
    }

    @Test(
        "Only line endings or the byte order mark changed: accepted with a notice that names the file",
        arguments: [
            text.replacing("\n", with: "\r\n"), "\u{FEFF}" + text, "\u{FEFF}" + text.replacing("\n", with: "\r\n"),
        ])
    func lineEndings(changed: String) async throws {
        try await Stage.with { stage in
            let recorded = try await Self.prepare(stage)
            try stage.write("0001_a.sql", changed)
            let status = try await stage.strata("status")
            status.expect(0, saying: "0001_a.sql: only line endings or the byte order mark differ", recorded)
            #expect(status.lines.first?.hasSuffix("| APPLIED") == true)
            let outcome = try await stage.strata("migrate", "--json")
            outcome.expect(0)
            #expect(try outcome.document().notices?.first?.hasPrefix("0001_a.sql: only line endings") == true)
            #expect(try await stage.tables() == ["a", "b"])
            #expect(try await stage.query("SELECT checksum FROM schema_versions WHERE version = 1") == recorded)
        }
    }
}
