// SPDX-License-Identifier: Apache-2.0

import Testing

extension Stage {
    /// Runs the body while another session holds the strongest lock on a table.
    func whileLocked(_ table: String, _ body: () async throws -> Void) async throws {
        let statement = "BEGIN; LOCK TABLE \(table); SELECT pg_sleep(3600) AS keeping_the_lock"
        let holder = try await tool("psql").run(["-XAtq", "-d", url, "-c", statement], in: scratch) { _ in
            try await waitUntilServerSleeps(in: "keeping_the_lock")
            try await body()
            try await endSessions(executing: "keeping_the_lock")
        }
        guard holder.status != 0 else { throw TestProblem("the lock was not held: \(holder)") }
    }

    /// Ends the sessions that execute a statement with some text in it, as an administrator would.
    func endSessions(executing text: String) async throws {
        _ = try await query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(Self.executes(text))
            """)
    }
}
