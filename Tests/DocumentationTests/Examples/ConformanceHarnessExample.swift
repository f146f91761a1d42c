// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting

/// The store in memory, whose scripts are their own effects.
struct InMemoryHarness: VersionStoreHarness {
    func makeDatabase() async throws -> InMemoryVersionStore {
        InMemoryVersionStore(execute: { script, transaction in
            transaction.leave(String(script.prefix { $0.isNumber }))
            if script.hasSuffix("fails") { throw InMemoryStoreError(.failed, "the script fails") }
        })
    }

    func removeDatabase(_ database: InMemoryVersionStore) async {}

    func makeStore(on database: InMemoryVersionStore) async throws -> InMemoryVersionStore { database }

    func marks(in database: InMemoryVersionStore) async throws -> [Int] {
        await database.effects.compactMap { Int($0) }
    }

    func scriptLeaving(mark: Int) -> String { "\(mark)" }

    func scriptFailing(afterMark mark: Int) -> String { "\(mark) fails" }
}
