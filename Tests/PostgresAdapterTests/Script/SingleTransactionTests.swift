// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("One transaction for all files")
struct SingleTransactionTests {
    private let together = RunOptions(singleTransaction: true)

    @Test("All files and their history rows are written by one transaction")
    func oneTransaction() async throws {
        try await TestDatabase.with { database in
            let source = ScriptSource([
                "CREATE TABLE a ()", "BEGIN; CREATE TABLE b (); COMMIT;", "-- nothing", "CREATE TABLE c ()",
            ])
            #expect(try await database.migrate(source, options: together).count == 4)
            let count = try await database.query(
                """
                SELECT count(DISTINCT xmin::text), count(*) FROM (
                    SELECT xmin FROM pg_class WHERE relname IN ('a', 'b', 'c')
                    UNION ALL SELECT xmin FROM schema_versions) rows
                """)
            #expect(count == ["1|7"])
            #expect(try await database.migrate(source, options: together) == [])
        }
    }

    @Test("A failure in any file undoes all, those with a transaction of their own as well", arguments: [1, 2, 3])
    func allOrNothing(failing: Int) async throws {
        try await TestDatabase.with { database in
            try await database.migrate(ScriptSource(["CREATE TABLE before ()"]))
            var texts = ["CREATE TABLE before ()"] + (1...3).map { "BEGIN; CREATE TABLE t\($0) (); COMMIT;" }
            texts[failing] += " SELECT 1 / 0;"
            let error = try #require(await database.failure(ScriptSource(texts), options: together))
            #expect(error.failed?.path == ScriptSource.path(failing + 1))
            #expect(error.report.applied.isEmpty)
            #expect(
                error.description.hasSuffix("\nNothing was applied: all migrations of this run share one transaction."))
            #expect(try await database.tables() == ["before"])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("A constraint that waits for the end is checked at the end of its own file")
    func deferredConstraints() async throws {
        try await TestDatabase.with { database in
            let error = try #require(
                await database.failure(
                    ScriptSource([
                        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
                        "INSERT INTO c VALUES (1)", "INSERT INTO p VALUES (1)",
                    ]), options: together))
            #expect(
                error.description.hasPrefix(
                    "0002_step.sql: error: a constraint that is checked at the end of the script"))
        }
    }

    @Test("A constraint that one file was checked for waits in the next one, too")
    func deferredAgain() async throws {
        try await TestDatabase.with { database in
            let applied = try await database.migrate(
                ScriptSource([
                    "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
                    "INSERT INTO c VALUES (1); INSERT INTO p VALUES (1);", "ALTER TABLE c ADD COLUMN a int",
                    "INSERT INTO c VALUES (2); INSERT INTO p VALUES (2);",
                ]), options: together)
            #expect(applied.count == 4)
        }
    }

    @Test(
        "A file that cannot share a transaction is refused before anything is executed",
        arguments: [
            (
                "SELECT 1;\nVACUUM;",
                "cannot be part of one transaction: line 2, column 1: VACUUM cannot run inside a transaction block"
            ),
            (
                "BEGIN; COMMIT;\nBEGIN; COMMIT;",
                "cannot be part of one transaction: line 2, column 1: the file has several transaction blocks"
            ),
            (
                "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1; COMMIT;",
                ":1:1: error: a transaction mode cannot be set inside a transaction of several files"
            ),
        ])
    func refused(script: String, message: String) async throws {
        try await TestDatabase.with { database in
            let error = try #require(
                await database.failure(ScriptSource(["CREATE TABLE a ()", script]), options: together))
            #expect(error.description.hasPrefix("0002_step.sql"))
            #expect(error.description.contains(message))
            #expect(error.description.lowercased().contains("run without --single-transaction."))
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
        }
    }

    @Test("Versions of any width fit into one transaction")
    func widening() async throws {
        try await TestDatabase.with { database in
            let source: ScriptSource = ["1_a.sql": "", "20250916123000_b.sql": "", "20250916123000000001_c.sql": ""]
            let applied = try await database.migrate(source, options: together)
            #expect(applied.count == 3)
            #expect(try await database.history() == ["core:1", "core:20250916123000", "core:20250916123000000001"])
        }
    }
}
