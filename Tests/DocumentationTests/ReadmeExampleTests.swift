// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// The examples do what their documents say.
@Suite("Examples in use")
struct ReadmeExampleTests {
    @Test("the example of the README applies this project's migrations when its variable says so")
    func appliesMigrations() async throws {
        try await TestDatabase.with { database in
            var environment = ["DATABASE_URL": database.server.connectionURL(database: database.name)]
            try await migrate(environment: environment)
            #expect(try await Self.tables(database).isEmpty)

            environment["RUN_DB_MIGRATIONS_ON_START"] = "true"
            environment["REQUIRE_LATEST_SCHEMA"] = "yes"
            try await migrate(environment: environment)
            let expected: Set = [
                "schema_versions", "user_emotional_profiles", "user_interest_patterns",
                "user_memory_importance_patterns",
                "user_memory_statistics",
            ]
            #expect(try await Self.tables(database) == expected)
        }
    }

    @Test("the example of the guide for applications returns what was applied, and refuses without the latest schema")
    func returnsReport() async throws {
        try await TestDatabase.with { database in
            let url = database.server.connectionURL(database: database.name)
            await #expect(throws: MigrationError.self) {
                try await prepareDatabase(environment: ["DATABASE_URL": url, "REQUIRE_LATEST_SCHEMA": "1"])
            }
            let report = try await prepareDatabase(environment: [
                "DATABASE_URL": url, "RUN_DB_MIGRATIONS_ON_START": "on",
            ])
            #expect(report.applied.map(\.migration.name) == ["0001_baseline.sql", "0002_add_pattern_category.sql"])
        }
    }

    private static func tables(_ database: TestDatabase) async throws -> Set<String> {
        try await database.withConnection { connection in
            let rows = try await connection.query(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            return Set(rows.compactMap { $0[0] })
        }
    }
}
