// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("ConnectionExecutor")
struct ExecutorTests {
    /// More sessions than any machine of ours has cores, each waiting in a statement of its own until one that comes later lets it
    /// go on: were the waiting to take threads of Swift's pool, the later one would never run.
    @Test(
        "Connections that wait for the server do not keep other tasks from running", .timeLimit(.minutes(15)),
        arguments: [false, true])
    func doesNotBlockThePool(hasCompanion: Bool) async throws {
        let companion = Companion(delay: .seconds(3600), executor: ConnectionExecutor()) {}
        try await TestDatabase.with { database in
            try await database.withConnection { holder in
                try await holder.query("SELECT pg_advisory_lock(1)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<40 {
                        group.addTask {
                            try await database.withConnection { connection in
                                if hasCompanion { await connection.setCompanion(companion) }
                                try await connection.query("SELECT pg_advisory_lock_shared(1)")
                            }
                        }
                    }
                    let waiting = """
                        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """
                    #expect(try await eventually { try await holder.query(waiting) == [["40"]] })
                    try await holder.query("SELECT pg_advisory_unlock(1)")
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("Two statements that are asked for at once on one connection are executed one after the other")
    func serial() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                async let first = connection.query("SELECT 1 FROM pg_sleep(0.01)")
                async let second = connection.query("SELECT 2")
                let rows = try await [first, second]
                #expect(rows == [[["1"]], [["2"]]])
            }
        }
    }

    @Test("A connection that was closed says so, and closing it again does no harm")
    func closed() async throws {
        try await TestDatabase.with { database in
            let connection = try await PostgresConnection.open(database.configuration())
            await connection.close()
            await connection.close()
            let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            #expect(error?.code == .connectionLost)
            #expect(error?.description.hasSuffix("was lost: the connection was closed") == true)
        }
    }

    @Test("Rows of several statements come in order, NULL apart from an empty text")
    func rows() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { connection in
                let rows = try await connection.query("SELECT 1, NULL, ''; SELECT 'é' FROM generate_series(1, 2)")
                #expect(rows == [["1", nil, ""], ["é"], ["é"]])
            }
        }
    }
}
