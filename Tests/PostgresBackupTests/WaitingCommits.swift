// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import ThrowawayPostgres

extension ThrowawayPostgres {
    /// Makes all commits wait for a standby that never comes, and returns when they do: that is later than the setting is shown.
    func makeCommitsWait() async throws {
        for statement in ["ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"] {
            try await TestDatabase.execute(statement, on: self)
        }
        let probe = Task {
            // Throw-away servers do not wait for their own disk, nor for a standby then.
            let commit = "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'probe', '')"
            while (try? await TestDatabase.execute(commit, on: self)) != nil {}
        }
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        let own = TestDatabase(server: self, name: "postgres")
        #expect(try await eventually { try await own.query(waiting) != ["0"] })
        probe.cancel()
        await probe.value
    }
}
