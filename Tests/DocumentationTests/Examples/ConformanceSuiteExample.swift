// SPDX-License-Identifier: Apache-2.0

import MigrationTesting
import Testing

@Test(arguments: VersionStoreConformance<InMemoryHarness>.checks)
func keepsTheContract(check: ConformanceCheck<InMemoryHarness>) async throws {
    try await check.run(on: InMemoryHarness())
}
