// SPDX-License-Identifier: Apache-2.0

import Testing

/// Databases whose history the files contradict. What is refused executes nothing.
@Suite("History and files disagree", .timeLimit(.minutes(60)))
struct HistoryProblemTests {
    /// Two applied migrations, and a third that is pending.
    static func prepare(_ stage: Stage) async throws {
        try stage.write(["0001_a.sql": "CREATE TABLE a (id int);\n", "0002_b.sql": "CREATE TABLE b (id int);\n"])
        try await stage.strata("migrate").requireStatus(0)
        try stage.write("0003_c.sql", "CREATE TABLE c (id int);\n")
    }

    @Test("MISSING: an applied file is gone. Told with its name, day and checksum, and refused")
    func missing() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try stage.remove("0001_a.sql")
            let status = try await stage.strata("status")
            status.expect(4)
            #expect(status.lines.first == "0001 | 0001_a.sql                    | MISSING")
            let outcome = try await stage.strata("migrate")
            let recorded = try await stage.query("SELECT checksum FROM schema_versions WHERE version = 1")
            outcome.expect(
                4, saying: "MISSING: core:1 (0001_a.sql) was applied on 20", "but its file is gone", recorded,
                "bring the file back", "remove its row from the history table", "Nothing was executed.")
            #expect(try await stage.tables() == ["a", "b"])
        }
    }

    @Test("AHEAD: the history is newer than the files. Accepted with a notice, and nothing is done")
    func ahead() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try await stage.strata("migrate").requireStatus(0)
            try stage.remove("0003_c.sql")
            let status = try await stage.strata("status", "--check")
            status.expect(0, saying: "the database is ahead of these files: it has core:3 (0003_c.sql, applied 20")
            #expect(
                status.lines.last
                    == "0003 | 0003_c.sql                    | AHEAD (needs a build that has core:3 or later: it declares no older one)"
            )
            let outcome = try await stage.strata("migrate", "--json")
            outcome.expect(
                0,
                saying: """
                    It belongs to a newer build, which does not declare it compatible with this one; nothing of it was \
                    changed. Run a build that has core:3 or later.
                    """)
            #expect(try outcome.document().notices?.count == 1)
        }
    }

    @Test("OUT OF ORDER: a pending file is older than an applied one. Refused with three ways out")
    func outOfOrder() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try stage.write("0000_early.sql", "CREATE TABLE early (id int);\n")
            let status = try await stage.strata("status", "--json")
            status.expect(4)
            #expect(
                try status.document().migrations?.map(\.state) == ["OUT OF ORDER", "APPLIED", "APPLIED", "PENDING"])
            let outcome = try await stage.strata("migrate")
            outcome.expect(
                4, saying: "OUT OF ORDER: 0000_early.sql is pending, but core:2, which is newer, is applied already.",
                "give the file a number after 2", "strata migrate --allow-out-of-order", "strata fake core:0")
            #expect(try await stage.tables() == ["a", "b"])
            try await stage.strata("fake", "core:0").expect(0)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b", "c"])
        }
    }

    @Test("Every reason is told at once")
    func all() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try stage.remove("0001_a.sql")
            try stage.write("0002_b.sql", "CREATE TABLE other (id int);\n")
            try stage.write("0000_early.sql", "SELECT 1;\n")
            let error = try #require(try await stage.strata("migrate", "--json").document().error)
            #expect(
                error.refusals.map { String($0.prefix { $0 != ":" }) }.sorted() == [
                    "CHECKSUM MISMATCH", "MISSING", "OUT OF ORDER",
                ])
        }
    }

    @Test("A history made by hand in the layout of the field is taken over, and its old runner still works")
    func takenOver() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);\n", "0002_b.sql": "CREATE TABLE b (id int);\n",
                "0003_c.sql": "CREATE TABLE c (id int);\n",
            ])
            let checksums = try #require(try await stage.strata("validate", "--json").document().migrations).map {
                $0.checksum ?? ""
            }
            _ = try await stage.query(
                """
                CREATE TABLE schema_versions (component VARCHAR(100) NOT NULL DEFAULT 'core', version INT NOT NULL,
                    checksum VARCHAR(128) NOT NULL, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, description TEXT,
                    PRIMARY KEY (component, version));
                INSERT INTO schema_versions (version, checksum)
                    VALUES (1, '\(checksums[0])'), (2, '\(checksums[1].uppercased())');
                """)
            let status = try await stage.strata("status")
            #expect(status.lines.map { $0.hasSuffix("APPLIED") } == [true, true, false])
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["c"])
            _ = try await stage.query(
                """
                INSERT INTO schema_versions (component, version, checksum, description) VALUES ('core', 9, 'x', 'y')
                ON CONFLICT (component, version) DO NOTHING
                """)
            #expect(
                try await stage.query(
                    "SELECT version, checksum FROM schema_versions WHERE component='core' ORDER BY version"
                )
                .split(separator: "\n").map { String($0.prefix { $0 != "|" }) } == ["1", "2", "3", "9"])
            try await stage.strata("status", "--check").expect(0, saying: "ahead of these files: it has core:9 (y")
            // A version that int does not hold widens the column.
            try stage.write("20260101120000_d.sql", "CREATE TABLE d (id int);\n")
            try stage.write("0009_y.sql", "SELECT 1")
            try await stage.strata("fake", "9").expect(0)
            try await stage.strata("migrate").expect(0)
            try stage.write("20260101120000000001_e.sql", "CREATE TABLE e (id int);\n")
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT max(version) FROM schema_versions") == "20260101120000000001")
        }
    }
}
