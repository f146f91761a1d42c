// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct SchemaNotLatestErrorTests {
    @Test(
        arguments: [
            (
                [.sample("1"), .sample("b:1")], [],
                """
                REQUIRE_LATEST_SCHEMA is set, and the database is not at the latest schema:
                  core:1  0001_x.sql  PENDING
                  b:1  b/0001_x.sql  PENDING
                Run strata migrate (or start once with RUN_DB_MIGRATIONS_ON_START=true), then start again.
                Nothing was executed.
                """
            ),
            (
                [.sample("1", script: "new"), .sample("2")], [.sample("1", script: "old")],
                """
                REQUIRE_LATEST_SCHEMA is set, and the database is not at the latest schema:
                  core:1  0001_x.sql  CHECKSUM MISMATCH
                  core:2  0002_x.sql  PENDING
                Run strata migrate: it names the ways out for each that is not merely pending. Then start again.
                Nothing was executed.
                """
            ),
        ] as [([InMemoryMigration], [HistoryEntry], String)])
    func `it lists what the database lacks, and what to do`(
        files: [InMemoryMigration], history: [HistoryEntry], text: String
    ) async throws {
        let bench = RunnerBench(files)
        await bench.store.seed(history)
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner().start(StartupPolicy(requiresLatestSchema: true))
        }
        #expect(error?.description == text)
    }
}
