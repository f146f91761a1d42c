// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("A database of a newer build", .timeLimit(.minutes(60)))
struct CompatibilityTests {
    /// What the newer build applied; of its files the older one has the first two.
    private static func prepare(_ stage: Stage) async throws {
        try stage.write([
            "0001_a.sql": "CREATE TABLE a (id int);\n", "0002_b.sql": "CREATE TABLE b (id int);\n",
            "0003_c.sql": "-- strata: compatible-with 1\nCREATE TABLE c (id int);\n",
            "0004_d.sql": "-- strata: compatible-with core:3\nCREATE TABLE d (id int);\n",
        ])
        try await stage.strata("migrate", "--to", "3").requireStatus(0)
    }

    private static func rollBack(_ stage: Stage) throws {
        for name in ["0003_c.sql", "0004_d.sql"] { try stage.remove(name) }
    }

    @Test("status and migrate say that this build can work with it, and nothing is refused")
    func compatible() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try Self.rollBack(stage)
            let status = try await stage.strata("status", "--check")
            status.expect(
                0, saying: "a newer build, which declares it compatible with this one; nothing of it was changed.")
            #expect(status.lines.last == "0003 | 0003_c.sql                    | AHEAD (compatible with this build)")
            let migrate = try await stage.strata("migrate")
            migrate.expect(0, saying: "a newer build, which declares it compatible with this one")
            #expect(migrate.output == "nothing to do\n")
            let ahead = try #require(
                try await stage.strata("status", "--json").document().migrations?.last)
            #expect(ahead.state == "AHEAD")
            #expect(ahead.compatible == true)
            #expect(ahead.compatible_with == "core:1")
            #expect(ahead.needed_build == nil)
        }
    }

    @Test("status and migrate name the build that is needed; the exit statuses are those of AHEAD")
    func tooNew() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            try await stage.strata("migrate").requireStatus(0)
            try Self.rollBack(stage)
            let status = try await stage.strata("status", "--check")
            status.expect(
                0, saying: "does not declare it compatible with this one", "Run a build that has core:3 or later.")
            #expect(
                status.lines.suffix(2) == [
                    "0003 | 0003_c.sql                    | AHEAD (compatible with this build)",
                    "0004 | 0004_d.sql                    | AHEAD (needs a build that has core:3 or later)",
                ])
            try await stage.strata("migrate").expect(0, saying: "Run a build that has core:3 or later.")
            let document = try await stage.strata("status", "--json").document()
            #expect(document.migrations?.map(\.state) == ["APPLIED", "APPLIED", "AHEAD", "AHEAD"])
            #expect(document.migrations?.map(\.compatible) == [nil, nil, true, false])
            #expect(document.migrations?.map(\.needed_build) == [nil, nil, nil, "core:3"])
            #expect(document.migrations?.map(\.compatible_with) == [nil, nil, "core:1", "core:3"])
        }
    }

    @Test(
        "What is declared afterwards, in the manifest, is recorded by faking the migration with the newer build's files"
    )
    func declaredAfterwards() async throws {
        try await Stage.with { stage in
            try stage.write(["0001_a.sql": "CREATE TABLE a ();\n", "0002_b.sql": "CREATE TABLE b ();\n"])
            try await stage.strata("migrate").requireStatus(0)
            #expect(try await stage.strata("fake", "2").output == "nothing to do: core:2 is applied already\n")
            let sums = try await stage.query("SELECT checksum FROM schema_versions ORDER BY version").split(
                separator: "\n")
            try stage.write(
                "manifest.json",
                """
                {"format": 1, "migrations": [
                  {"file": "0001_a.sql", "checksum": "\(sums[0])"},
                  {"file": "0002_b.sql", "checksum": "\(sums[1])", "compatible-with": "core:1"}]}
                """)
            try await stage.strata("status", "--check").expect(0)
            let fake = try await stage.strata("fake", "2")
            #expect(fake.output == "recorded 0002_b.sql as applied; it was not run\n")
            #expect(try await stage.query("SELECT version, compatible_with FROM schema_versions") == "1|\n2|core:1")
            try stage.remove("manifest.json")
            try stage.remove("0002_b.sql")
            try await stage.strata("status").expect(0, saying: "which declares it compatible with this one")
        }
    }

    @Test("validate names a build that cannot have existed, with line and column, and ends with 4")
    func validate() async throws {
        try await Stage.with { stage in
            try stage.write([
                "0001_a.sql": "SELECT 1;\n", "0002_b.sql": "\n-- strata: compatible-with core:0\nSELECT 1;\n",
                "0003_c.sql": "-- strata: compatible-with 4\nSELECT 1;\n",
                "0004_d.sql": "-- strata: compatible-with orders:1\nSELECT 1;\n",
                "0005_e.sql": "-- strata: compatible-with core:1\nSELECT 1;\n",
            ])
            let outcome = try await stage.strata("validate")
            outcome.expect(
                4, saying: "0002_b.sql:2:28: error: compatible-with names core:0, which is not in the folder",
                "0003_c.sql:1:28: error: compatible-with names core:4, which is newer than this migration, core:3",
                "0004_d.sql:1:28: error: compatible-with names orders:1, which is not in the folder",
                "3 problems in the migration files")
            for name in ["0002_b.sql", "0003_c.sql", "0004_d.sql"] { try stage.remove(name) }
            let valid = try await stage.strata("validate", "--json")
            valid.expect(0)
            #expect(try valid.document().plan?.map(\.compatible_with) == [nil, "core:1"])
        }
    }
}
