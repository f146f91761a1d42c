// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import TestSupport

@testable import PostgresAdapter

/// What the conformance suite needs to know of PostgreSQL.
struct PostgresHarness: VersionStoreHarness {
    func makeDatabase() async throws -> TestDatabase {
        let database = try await TestDatabase.make()
        _ = try await database.withConnection { connection in
            try await connection.query("CREATE TABLE mark (place serial PRIMARY KEY, number int NOT NULL)")
        }
        return database
    }

    func removeDatabase(_ database: TestDatabase) async {
        try? await database.drop()
    }

    func makeStore(on database: TestDatabase) async throws -> PostgresVersionStore {
        PostgresVersionStore(database.configuration())
    }

    func marks(in database: TestDatabase) async throws -> [Int] {
        try await database.withConnection { connection in
            try await connection.query("SELECT number FROM public.mark ORDER BY place").compactMap { row in
                row[0].flatMap { Int($0) }
            }
        }
    }

    func fingerprint(of database: TestDatabase) async throws -> String? {
        try await database.withConnection { connection in
            let objects = try await connection.query("SELECT oid, xmin, relname FROM pg_class ORDER BY oid")
            let hasHistory = objects.contains { $0[2] == "schema_versions" }
            let rows = hasHistory ? try await connection.query("SELECT xmin, s FROM public.schema_versions s") : []
            return "\(objects) \(rows)"
        }
    }

    func crash(_ session: PostgresSession, in database: TestDatabase) async throws -> Bool {
        let process = session.connection.serverProcess
        _ = try await database.withConnection { connection in
            try await connection.query("SELECT pg_terminate_backend(\(process))")
        }
        return true
    }

    func scriptLeaving(mark: Int) -> String { "INSERT INTO public.mark (number) VALUES (\(mark));" }

    func scriptFailing(afterMark mark: Int) -> String { "\(scriptLeaving(mark: mark)) SELECT 1 / 0;" }

    func scriptLingering(afterMark mark: Int) -> String? { "\(scriptLeaving(mark: mark)) SELECT pg_sleep(36000);" }

    var patience: Duration { .seconds(600) }

    var invalidScript: String? { "SELECT 'never closed" }
}
