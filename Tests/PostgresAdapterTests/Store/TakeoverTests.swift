// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A history that another runner began")
struct TakeoverTests {
    private static let first = "CREATE TABLE first ();\n"
    private static let second = "CREATE TABLE second ();\n"
    private let source: ScriptSource = [
        "0001_first.sql": first, "0002_second.sql": second, "0003_third.sql": "CREATE TABLE third ();",
    ]

    /// Makes the table as the other runner does, with the first two migrations applied.
    private func takeOver(
        _ database: TestDatabase, table: String = "schema_versions", checksum: (String) -> String = { $0 }
    ) async throws {
        let sums = [Self.first, Self.second].map { checksum(Checksum(of: Array($0.utf8)).hexadecimal) }
        try await database.query(
            """
            \(Self.first) \(Self.second)
            CREATE TABLE \(table) (
                component VARCHAR(100) NOT NULL DEFAULT 'core', version INT NOT NULL, checksum VARCHAR(128) NOT NULL,
                applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, description TEXT, PRIMARY KEY (component, version));
            INSERT INTO \(table) (component, version, checksum, description) VALUES
                ('core', 1, '\(sums[0])', '0001_first.sql'), ('core', 2, '\(sums[1])', '0002_second.sql')
            """)
    }

    private func versionType(_ database: TestDatabase) async throws -> [String] {
        try await database.query(
            "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'schema_versions'::regclass AND attname = 'version'"
        )
    }

    @Test("What it recorded is applied, and only what is new is executed")
    func appliesOnlyNew() async throws {
        try await TestDatabase.with { database in
            try await takeOver(database)
            let states = try await database.runner(source).status().map(\.state)
            #expect(states == [.applied, .applied, .pending])
            #expect(try await database.migrate(source) == ["0003_third.sql"])
            #expect(try await database.history() == ["core:1", "core:2", "core:3"])
            #expect(try await database.tables() == ["first", "second", "third"])
            #expect(try await versionType(database) == ["integer"])
        }
    }

    @Test("The other runner's statements go on working beside ours")
    func otherRunner() async throws {
        try await TestDatabase.with { database in
            try await takeOver(database)
            try await database.migrate(source)
            let third = try #require(source.migration("0003_third.sql"))
            let rows = try await database.query(
                "SELECT version, checksum FROM schema_versions WHERE component='core' ORDER BY version")
            #expect(rows.count == 3)
            #expect(rows.last == "3|\(third.checksum)")
            let insert = """
                INSERT INTO schema_versions (component, version, checksum, description) VALUES ('core', 9, 'abc', 'theirs') \
                ON CONFLICT (component, version) DO NOTHING
                """
            try await database.query(insert)
            try await database.query(insert)
            #expect(try await database.history() == ["core:1", "core:2", "core:3", "core:9"])
            #expect(try await database.runner(source).status().last?.state == .ahead)
        }
    }

    @Test("Checksums that it wrote in capitals are the same checksums")
    func capitals() async throws {
        try await TestDatabase.with { database in
            try await takeOver(database) { $0.uppercased() }
            #expect(try await database.migrate(source) == ["0003_third.sql"])
        }
    }

    @Test("A checksum that is not the file's stops the run before anything is executed")
    func drift() async throws {
        try await TestDatabase.with { database in
            try await takeOver(database) { _ in "5d41402abc4b2a76b9719d911017c592" }
            let error = try #require(await database.failure(source))
            #expect(error.code == .refused)
            #expect(error.refusals.count == 2)
            #expect(try await database.tables() == ["first", "second"])
        }
    }

    @Test("The version column is widened when a version needs it, and not before")
    func widening() async throws {
        try await TestDatabase.with { database in
            try await takeOver(database)
            var source = source
            let steps = [
                ("2147483647_a.sql", "integer"), ("20250916123000_b.sql", "bigint"),
                ("20250916123000000001_c.sql", "numeric"), ("20250916123000000002_d.sql", "numeric"),
            ]
            for (path, type) in steps {
                source.add(path, [])
                #expect(try await database.migrate(source).last == path)
                #expect(try await versionType(database) == [type])
            }
            #expect(try await database.migrate(source) == [])
            #expect(
                try await database.query("SELECT version FROM schema_versions WHERE component='core' ORDER BY version")
                    .suffix(3)
                    == ["20250916123000", "20250916123000000001", "20250916123000000002"])
            try await database.query(
                """
                INSERT INTO schema_versions (component, version, checksum, description) VALUES ('core', 9, 'abc', 'theirs') \
                ON CONFLICT (component, version) DO NOTHING
                """)
        }
    }

    @Test("A table of ours begins with bigint, and is what the other runner expects to find")
    func ours() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(source)
            #expect(try await versionType(database) == ["bigint"])
            let row = try await database.query(
                "SELECT component, version, checksum, applied_at IS NOT NULL, description FROM schema_versions WHERE version = 1"
            )
            #expect(row == ["core|1|\(Checksum(of: Array(Self.first.utf8)))|t|0001_first.sql"])
            let failure = await #expect(throws: PostgresError.self) {
                try await database.query("INSERT INTO schema_versions (version, checksum) VALUES (1, 'x')")
            }
            #expect(failure?.serverMessage?.sqlState == "23505")
        }
    }

    @Test(
        "Table and schema can have any name",
        arguments: [
            HistoryTable(name: "Schema Versions"), HistoryTable(name: "it's\"quoted\""), HistoryTable(name: "a.b"),
            HistoryTable(schema: "Other.Schema", name: "schema_versions"),
            HistoryTable(schema: "é", name: #"back\slash"#),
        ])
    func names(table: HistoryTable) async throws {
        try await TestDatabase.with { database in
            let quoted = { (name: String) in "\"\(name.replacing("\"", with: "\"\""))\"" }
            let name = "\(quoted(table.schema)).\(quoted(table.name))"
            try await database.query("CREATE SCHEMA IF NOT EXISTS \(quoted(table.schema))")
            try await takeOver(database, table: name)
            let options = PostgresVersionStore.Options(historyTable: table)
            #expect(try await database.migrate(source, store: options) == ["0003_third.sql"])
            #expect(try await database.migrate(source, store: options) == [])
            #expect(try await database.query("SELECT count(*) FROM \(name)") == ["3"])
            #expect(try await database.history() == [])
        }
    }
}
