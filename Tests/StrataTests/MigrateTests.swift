// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("strata migrate", .timeLimit(.minutes(60)))
struct MigrateTests {
    /// Three migrations of two components, and seed data.
    static func prepare(_ stage: Stage) throws {
        try stage.write([
            "0001_users.sql": "CREATE TABLE users (id int PRIMARY KEY);",
            "0002_posts.sql": "BEGIN;\nCREATE TABLE posts (author int REFERENCES users);\nCOMMIT;\n",
            "billing/0001_invoices.sql":
                "-- strata: depends-on core:1\nCREATE TABLE invoices (payer int REFERENCES users);",
            "seed/0001_demo.sql": "INSERT INTO users VALUES (1), (2)",
        ])
    }

    @Test("What is pending is applied in order, told line by line, and the second run has nothing to do")
    func appliesOnce() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let first = try await stage.strata("migrate")
            first.expect(0)
            #expect(
                first.lines.map { $0.prefix { $0 != "(" } }
                    == [
                        "applied 0001_users.sql ", "applied 0002_posts.sql ", "applied billing/0001_invoices.sql ",
                        "3 migrations applied",
                    ])
            #expect(first.messages.isEmpty)
            #expect(
                try await stage.history()
                    == ["billing:1 0001_invoices.sql", "core:1 0001_users.sql", "core:2 0002_posts.sql"])
            let second = try await stage.strata("migrate")
            second.expect(0)
            #expect(second.output == "nothing to do\n")
            #expect(second.messages.isEmpty)
        }
    }

    @Test("With nothing to do the server sees one statement, and the history's table is not written")
    func nothingToDo() async throws {
        try await Stage.with(on: .guarded) { stage in
            try Self.prepare(stage)
            try await stage.strata("migrate").requireStatus(0)
            func statements() throws -> [Substring] {
                try stage.log().split(separator: "\n").filter { $0.hasPrefix("\(stage.database) strata ") }
            }
            let before = try statements().count
            try await stage.strata("migrate").expect(0)
            let seen = try statements().dropFirst(before)
            #expect(seen.count == 1)
            #expect(seen.first?.contains("statement: SELECT h.* FROM ") == true)
        }
    }

    @Test("With --json standard output is one document: what was applied, in order, with times")
    func document() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let outcome = try await stage.strata("migrate", "--json")
            outcome.expect(0)
            let applied = try #require(try outcome.document().applied)
            #expect(applied.map(\.file) == ["0001_users.sql", "0002_posts.sql", "billing/0001_invoices.sql"])
            #expect(applied.map(\.version) == ["0001", "0002", "0001"])
            #expect(applied.map(\.component) == ["core", "core", "billing"])
            #expect(applied.allSatisfy { $0.state == "APPLIED" && ($0.milliseconds ?? 0) > 0 })
            #expect(try await stage.strata("migrate", "--json").document().applied?.isEmpty == true)
        }
    }

    @Test(
        "--to goes no further than a version, and takes along what that depends on",
        arguments: [
            ("1", ["core:1 0001_users.sql"]), ("0001", ["core:1 0001_users.sql"]),
            ("core:2", ["core:1 0001_users.sql", "core:2 0002_posts.sql"]),
            ("billing:1", ["billing:1 0001_invoices.sql", "core:1 0001_users.sql"]),
        ])
    func target(version: String, history: [String]) async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            try await stage.strata("migrate", "--to", version).expect(0)
            #expect(try await stage.history() == history)
        }
    }

    @Test("--to takes a bare version for one of the component that --component names")
    func targetOfComponent() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let early = try await stage.strata("migrate", "--component", "billing", "--to", "1")
            early.expect(
                4, saying: "billing/0001_invoices.sql depends on 0001_users.sql, which is pending but takes no part")
            try await stage.strata("migrate", "--component", "core", "--to", "1").expect(0)
            try await stage.strata("migrate", "--component", "billing", "--to", "1").expect(0)
            #expect(try await stage.history() == ["billing:1 0001_invoices.sql", "core:1 0001_users.sql"])
        }
    }

    @Test("--to a version that is not there ends with 4 and says which is the newest")
    func unknownTarget() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            let outcome = try await stage.strata("migrate", "--to", "9")
            outcome.expect(4, saying: "There is no migration core:9. The newest of component core is 2.")
            let other = try await stage.strata("migrate", "--to", "stock:9", "--json")
            other.expect(4, saying: "Component stock has no files.")
            #expect(try other.document().error?.code == "refused")
            #expect(try await stage.history() == [])
        }
    }

    @Test("Seed data is applied with --seed only")
    func seed() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.query("SELECT count(*) FROM users") == "0")
            try await stage.strata("migrate", "--seed").expect(0)
            #expect(try await stage.query("SELECT count(*) FROM users") == "2")
            #expect(try await stage.history().last == "seed:1 0001_demo.sql")
        }
    }

    @Test("--dry-run shows the steps and how each would run, and writes nothing")
    func dryRun() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            try stage.write("0003_index.sql", "\nCREATE INDEX CONCURRENTLY ON users (id);")
            let outcome = try await stage.strata("migrate", "--dry-run")
            outcome.expect(0)
            #expect(
                outcome.lines == [
                    "would apply 0001_users.sql, transaction", "would apply 0002_posts.sql, transaction",
                    "would apply 0003_index.sql, sequence (line 2, column 1: CREATE INDEX CONCURRENTLY cannot run "
                        + "inside a transaction block)",
                    "would apply billing/0001_invoices.sql, transaction",
                ])
            let plan = try #require(try await stage.strata("migrate", "--dry-run", "--json").document().plan)
            #expect(plan.map(\.mode) == ["transaction", "transaction", "sequence", "transaction"])
            #expect(plan[2].mode_reason?.hasPrefix("line 2, column 1: ") == true)
            #expect(
                try await stage.query("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                    == "0")
        }
    }

    @Test("--component applies that component alone; may be repeated")
    func component() async throws {
        try await Stage.with { stage in
            try stage.write(["0001_a.sql": "SELECT 1", "b/0001_b.sql": "SELECT 1", "c/0001_c.sql": "SELECT 1"])
            try await stage.strata("migrate", "--component", "b").expect(0)
            #expect(try await stage.history() == ["b:1 0001_b.sql"])
            try await stage.strata("migrate", "--component", "b", "--component", "c").expect(0)
            #expect(try await stage.history() == ["b:1 0001_b.sql", "c:1 0001_c.sql"])
        }
    }

    @Test("A component that no file has is pointed out")
    func misspelledComponent() async throws {
        try await Stage.with { stage in
            try Self.prepare(stage)
            try await stage.strata("migrate", "--component", "biling")
                .expect(0, saying: "there are no migrations of component biling in migrations")
        }
    }

    @Test("--history-table keeps the history, and its journal, in the table and schema that it names")
    func historyTable() async throws {
        try await Stage.with { stage in
            _ = try await stage.query(#"CREATE SCHEMA "Ops""#)
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int)", "0002_b.sql": "CREATE INDEX CONCURRENTLY ON a (id)",
            ])
            try await stage.strata("migrate", "--history-table", "Ops.applied").expect(0)
            #expect(try await stage.query(#"SELECT count(*) FROM "Ops".applied"#) == "2")
            #expect(try await stage.query(#"SELECT count(*) FROM "Ops".applied_journal"#) == "0")
            #expect(try await stage.query("SELECT to_regclass('public.schema_versions') IS NULL") == "t")
            let status = try await stage.strata("status", "--check", "--history-table", "Ops.applied")
            status.expect(0)
        }
    }
}
