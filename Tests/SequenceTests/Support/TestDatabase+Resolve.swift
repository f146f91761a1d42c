// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

extension TestDatabase {
    /// What `strata resolve 1 --statement N` does; the journal has to have such a statement.
    func resolve(statement: Int, isDone: Bool) async throws {
        let session = try await PostgresVersionStore(configuration()).openSession()
        try await session.lock(LockRequest(), observe: { _ in })
        let found = try await session.resolve(
            MigrationID(version: MigrationVersion(1)), statement: statement, isDone: isDone)
        await session.close()
        #expect(found)
    }
}
