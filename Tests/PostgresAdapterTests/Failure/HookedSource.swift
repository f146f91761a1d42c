// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization
import TestSupport

/// Migrations that do something to the server just before one of them is executed.
struct HookedSource: MigrationSource {
    private final class Calls: Sendable {
        let count = Mutex(0)
    }

    private let scripts: ScriptSource
    private let path: String
    private let action: @Sendable () async throws -> Void
    private let calls = Calls()

    init(_ scripts: ScriptSource, before path: String, _ action: @escaping @Sendable () async throws -> Void) {
        self.scripts = scripts
        self.path = path
        self.action = action
    }

    func migrations() async throws -> [Migration] { try await scripts.migrations() }

    func script(for migration: Migration) async throws -> MigrationScript {
        // The first time is for the plan.
        if migration.path == path,
            calls.count.withLock({
                $0 += 1; return $0
            }) == 2
        {
            try await action()
        }
        return try await scripts.script(for: migration)
    }
}
