// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

/// A run whose statement waits for a lock that the test holds, so that it stays in a phase for as long as the test looks.
struct HeldRun {
    /// The advisory lock of the function `hold`.
    static let lock = "SELECT pg_advisory_lock(1)"
    static let unlock = "SELECT pg_advisory_unlock(1)"

    /// A table of 5,000 rows on many blocks, and a function that waits at the last of them.
    static let table = """
        CREATE TABLE big WITH (autovacuum_enabled = off) AS SELECT n FROM generate_series(1, 5000) n;
        CREATE FUNCTION hold(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
            IF n = 5000 THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
            RETURN n;
        END $$;
        """

    let database: TestDatabase
    let events = EventLog()
    /// Nothing but progress needs the second connection.
    var options = PostgresVersionStore.Options(lockTimeout: nil, queueLimit: nil, progressDelay: .zero)
    var user: String?

    /// Runs a script; when the condition has come true, releases what holds it and waits for its success.
    func run(
        _ script: String, until condition: () async throws -> Bool, release: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        async let applied = database.migrate(
            ScriptSource([script]), store: options, user: user, events: events)
        let came = try await eventually(condition)
        #expect(came, "told was \(events.progress)", sourceLocation: sourceLocation)
        try await release()
        #expect(try await applied == ["0001_step.sql"], sourceLocation: sourceLocation)
    }

    /// Runs a script that comes to `hold` until some progress is told that fits; returns that.
    func progress(
        of script: String, setup: String = "", holding: String = lock, releasing: String = unlock,
        where fits: (StoreProgress) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> StoreProgress? {
        try await database.query(Self.table + setup)
        return try await database.withConnection { holder in
            try await holder.query(holding)
            var found: StoreProgress?
            try await run(
                script,
                until: {
                    found = events.progress.first(where: fits)
                    return found != nil
                }, release: { try await holder.query(releasing) }, sourceLocation: sourceLocation)
            return found
        }
    }
}

extension TestDatabase {
    /// The sessions that read progress, as the server lists them.
    func monitors(_ column: String = "application_name") async throws -> [String] {
        try await query(
            """
            SELECT \(column) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE '%: progress of process %'
            """)
    }
}
