// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("What migrations declare of older builds", .timeLimit(.minutes(15)))
struct CompatibilityTests {
    /// Two migrations that declare nothing.
    static let older = ScriptSource(["CREATE TABLE a ()", "CREATE TABLE b ()"])

    /// The same and a third that declares a build.
    static func newer(_ build: String? = "core:2", _ script: String = "CREATE TABLE c ()") -> ScriptSource {
        var source = older
        source.add(
            "0003_c.sql", Array(script.utf8),
            directives: Migration.Directives(compatibleWith: build.flatMap { MigrationID($0) }))
        return source
    }

    /// Makes the history as another runner does.
    static func makeForeignTable(_ database: TestDatabase) async throws {
        try await database.query(
            """
            CREATE TABLE schema_versions (
                component VARCHAR(100) NOT NULL DEFAULT 'core', version INT NOT NULL, checksum VARCHAR(128) NOT NULL,
                applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, description TEXT, PRIMARY KEY (component, version))
            """)
    }

    static func columns(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            """
            SELECT attname || ' ' || format_type(atttypid, NULL) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
            FROM pg_attribute WHERE attrelid = 'schema_versions'::regclass AND attnum > 5 AND NOT attisdropped
            """)
    }

    private func declared(_ database: TestDatabase) async throws -> [String] {
        try await database.query("SELECT version, compatible_with FROM schema_versions ORDER BY version")
    }

    @Test("The column is added when the first of them is recorded, and not before", arguments: [false, true])
    func addedOnce(isForeign: Bool) async throws {
        try await TestDatabase.with { database in
            if isForeign { try await Self.makeForeignTable(database) }
            try await database.migrate(Self.older)
            #expect(try await Self.columns(database) == [])
            #expect(try await database.migrate(Self.newer()) == ["0003_c.sql"])
            #expect(try await Self.columns(database) == ["compatible_with text"])
            #expect(try await declared(database) == ["1|null", "2|null", "3|core:2"])
            var next = Self.newer()
            next.add("0004_d.sql", Array("SELECT 1".utf8))
            next.add(
                "b/0001_d.sql", Array("SELECT 1".utf8),
                directives: Migration.Directives(compatibleWith: MigrationID("core:0003")))
            #expect(try await database.migrate(next) == ["0004_d.sql", "b/0001_d.sql"])
            #expect(try await Self.columns(database) == ["compatible_with text"])
            #expect(
                try await database.query(
                    "SELECT component, version, compatible_with FROM schema_versions ORDER BY component DESC, version"
                ).suffix(3) == ["core|3|core:2", "core|4|null", "b|1|core:3"])
            #expect(try await database.migrate(next) == [])
        }
    }

    @Test("It is recorded with a sequence, in one transaction of several files, and in a table of any name")
    func everyWay() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                Self.newer("core:1", "CREATE TABLE pair (one int);\nCREATE INDEX CONCURRENTLY ON pair (one)"))
            #expect(try await declared(database) == ["1|null", "2|null", "3|core:1"])
        }
        try await TestDatabase.with { database in
            try await database.migrate(Self.newer(), options: RunOptions(singleTransaction: true))
            #expect(try await declared(database) == ["1|null", "2|null", "3|core:2"])
        }
        try await TestDatabase.with { database in
            try await database.query(#"CREATE SCHEMA "A.b""#)
            let table = HistoryTable(schema: "A.b", name: #"it's "x""#)
            let runner = database.runner(Self.newer(), store: PostgresVersionStore.Options(historyTable: table))
            try await runner.applyPending()
            #expect(try await runner.status().map(\.entry?.compatibleWith) == [nil, nil, "core:2"])
        }
    }

    @Test("A migration that fails leaves the column, and the next run records it")
    func afterFailure() async throws {
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(Self.newer("core:2", "SELECT nope")))
            #expect(error.code == .failed)
            #expect(try await declared(database) == ["1|null", "2|null"])
            #expect(try await database.migrate(Self.newer()) == ["0003_c.sql"])
            #expect(try await declared(database).last == "3|core:2")
        }
    }

    @Test("A script that takes the column away is undone, where it declares something itself")
    func protection() async throws {
        try await TestDatabase.with { database in
            let removal = "ALTER TABLE schema_versions DROP COLUMN compatible_with"
            let error = try #require(await database.failure(Self.newer("core:2", removal)))
            #expect(error.description.contains("history row could not be written to public.schema_versions"))
            #expect(try await Self.columns(database) == ["compatible_with text"])
            // Otherwise it is added again when it is needed.
            try await database.query(removal)
            #expect(try await database.migrate(Self.newer()) == ["0003_c.sql"])
            #expect(try await declared(database).last == "3|core:2")
        }
    }

    @Test("Faking records it, and adds the column only for that")
    func fake() async throws {
        try await TestDatabase.with { database in
            try await database.runner(Self.newer()).fake(MigrationID(version: 2), through: true)
            #expect(try await Self.columns(database) == [])
            try await database.runner(Self.newer()).fake(MigrationID(version: 3))
            #expect(try await declared(database) == ["1|null", "2|null", "3|core:2"])
            // The declaration changed, or is gone, as it can be in a manifest: the file is the same.
            for (build, recorded) in [("core:1", "3|core:1"), (nil, "3|null")] {
                #expect(try await database.migrate(Self.newer(build)) == [])
                try await database.runner(Self.newer(build)).fake(MigrationID(version: 3))
                #expect(try await declared(database).last == recorded)
            }
        }
    }

    @Test("The history is read with one statement, whether or not it has the column", arguments: [nil, "core:1"])
    func oneStatement(build: String?) async throws {
        try await TestDatabase.with(on: .logging) { database in
            try await Self.makeForeignTable(database)
            try await database.migrate(Self.newer(build))
            try await database.query("SELECT 'compatibility begins'")
            #expect(try await database.runner(Self.newer(build)).applyPending() == MigrationReport())
            try await database.query("SELECT 'compatibility ends'")
            let statements = try database.server.log().split(separator: "\n").filter {
                $0.hasPrefix("[\(database.name)] ") && $0.contains("LOG:  statement: ")
            }
            let start = try #require(statements.firstIndex { $0.contains("compatibility begins") })
            let end = try #require(statements.firstIndex { $0.contains("compatibility ends") })
            #expect(end - start == 2)
            #expect(statements[start + 1].contains("SELECT h.* FROM"))
        }
    }

    @Test("What another runner or a person wrote into the table is read, whatever it is")
    func foreignValues() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(Self.newer())
            try await database.query(
                """
                INSERT INTO schema_versions (version, checksum, compatible_with) VALUES (5, 'x', '2'), (6, 'x', 'next');
                INSERT INTO schema_versions (component, version, checksum, description) VALUES ('core', 7, 'x', 'theirs')
                ON CONFLICT (component, version) DO NOTHING
                """)
            let status = try await database.runner(Self.older).status()
            #expect(
                status.map(\.compatibility) == [
                    nil, nil, .compatible, .compatible, .unreadable("next"), .undeclared,
                ])
            // A column of that name may be of any type.
            try await database.query(
                "ALTER TABLE schema_versions DROP COLUMN compatible_with; ALTER TABLE schema_versions ADD COLUMN compatible_with int DEFAULT 2"
            )
            #expect(try await database.runner(Self.older).status().allSatisfy { !$0.isTooNew })
        }
    }

    @Test("An older build starts where it is declared compatible, and says what it needs where it is not")
    func start() async throws {
        try await TestDatabase.with { database in
            let policy = StartupPolicy(appliesMigrations: true, requiresLatestSchema: true)
            try await database.runner(Self.newer()).start(policy)
            let report = try await database.runner(Self.older).start(policy)
            #expect(report.notices.count == 1)
            let oldest = ScriptSource(["CREATE TABLE a ()"])
            let error = await #expect(throws: MigrationError.self) {
                try await database.runner(oldest).start(policy)
            }
            let tooNew = try #require(error?.underlying as? SchemaTooNewError)
            #expect(tooNew.entries.map(\.compatibility) == [.undeclared, .needs(MigrationID(version: 2))])
            #expect(tooNew.neededBuild == MigrationID(version: 2))
            #expect(error?.code == .refused)
        }
    }
}
