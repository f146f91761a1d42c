// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import TestSupport
import ThrowawayPostgres

/// All that a migration leaves in a database: for comparing two of them.
struct DatabaseState: Equatable {
    /// The catalog, as `pg_dump --schema-only` writes it.
    let schema: [String]
    /// The rows of every table, but for the moments in the history.
    let rows: [String]
    /// What a dump does not show: indexes that are invalid, partitions that are half detached.
    let leftovers: [String]

    init(of database: TestDatabase) async throws {
        let dump = try await database.server.run(tool: "pg_dump", ["--schema-only", database.name])
        guard dump.succeeded else { throw ToolFailure(output: dump.errorText) }
        // Newer versions write a random key.
        schema = dump.text.split(separator: "\n").map(String.init).filter {
            !$0.contains("restrict ") && !$0.hasPrefix("--")
        }
        rows = try await database.withConnection { connection in
            let tables = try await connection.query(
                """
                SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
                """
            ).compactMap { $0.first ?? nil }
            var rows: [String] = []
            for table in tables {
                let columns = table.hasSuffix("schema_versions") ? "component, version, checksum, description" : "*"
                let found = try await connection.query(
                    "SELECT r::text FROM (SELECT \(columns) FROM \(table)) r ORDER BY 1")
                rows += found.map { "\(table) \($0.first.flatMap { $0 } ?? "")" }
            }
            return rows
        }
        leftovers = try await Self.leftovers(in: database)
    }

    /// What a dump does not show. Asks the catalog alone, so it waits for nobody's lock on a table.
    static func leftovers(in database: TestDatabase) async throws -> [String] {
        try await database.query(
            """
            SELECT 'invalid ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid AND NOT EXISTS (
                SELECT FROM pg_class WHERE oid = indexrelid AND relkind = 'I')
            UNION ALL SELECT 'pending ' || inhrelid::regclass FROM pg_inherits WHERE inhdetachpending ORDER BY 1
            """)
    }

    private struct ToolFailure: Error {
        let output: String
    }
}
