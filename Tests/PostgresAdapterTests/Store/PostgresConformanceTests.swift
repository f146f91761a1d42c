// SPDX-License-Identifier: Apache-2.0

import MigrationTesting
import TestSupport
import Testing

@Suite("PostgreSQL as a version store")
struct PostgresConformanceTests {
    @Test("PostgreSQL keeps every rule of a version store", arguments: VersionStoreConformance<PostgresHarness>.checks)
    func keepsTheContract(check: ConformanceCheck<PostgresHarness>) async throws {
        let outcome = try await TestDatabase.Crowd.usual.pass { try await check.run(on: PostgresHarness()) }
        #expect(outcome == .passed)
    }
}
