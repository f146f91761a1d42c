// SPDX-License-Identifier: Apache-2.0

import Testing
import ThrowawayPostgres

extension Stage {
    /// What psql prints for some statements.
    func query(_ sql: String) async throws -> String {
        let result = try await server.run(
            tool: "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
        guard result.succeeded else { throw TestProblem("\(sql): \(result.errorText)") }
        return result.text.split(separator: "\n").joined(separator: "\n")
    }

    /// The history, a line for each row: `core:1 0001_users.sql`.
    func history() async throws -> [String] {
        guard try await query("SELECT to_regclass('public.schema_versions') IS NOT NULL") == "t" else { return [] }
        return try await query(
            "SELECT component || ':' || version || ' ' || description FROM schema_versions ORDER BY component, version"
        ).split(separator: "\n").map(String.init)
    }

    /// The tables of schema `public` but for ours.
    func tables() async throws -> [String] {
        try await query(
            """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND relname !~ '^schema_versions' ORDER BY 1
            """
        ).split(separator: "\n").map(String.init)
    }

    /// The indexes of a table, and whether they are valid: `a_id|t`.
    func indexes(of table: String) async throws -> String {
        try await query("SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = '\(table)'::regclass")
    }

    /// A value of the one session that executes a statement of the program's with some text in it.
    func session(executing text: String, _ column: String) async throws -> String {
        try await query(
            """
            SELECT \(column) FROM pg_stat_activity
            WHERE \(Self.executes(text))
            """)
    }

    /// Waits until a query answers with a text.
    func wait(
        until sql: String, is answer: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await Patience.wait(for: "\(sql) to be \(answer)", sourceLocation: sourceLocation) {
            try await query(sql) == answer
        }
    }

    /// Waits until the server has come to the `pg_sleep` of a message with some text in it.
    func waitUntilServerSleeps(in text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(
            until: "SELECT count(*) FROM pg_stat_activity WHERE \(Self.executes(text)) AND wait_event = 'PgSleep'",
            is: "1", sourceLocation: sourceLocation)
    }

    /// Waits until the server executes no message with some text in it any more.
    func waitUntilServerStopped(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await Patience.wait(for: "\(text) to be stopped", sourceLocation: sourceLocation) {
            try await !serverExecutes(text)
        }
    }

    /// Whether the server executes such a message.
    func serverExecutes(_ text: String) async throws -> Bool {
        try await query(
            """
            SELECT count(*) > 0 FROM pg_stat_activity WHERE \(Self.executes(text))
            """) == "t"
    }

    /// A condition for the sessions of this database that execute a statement with some text in it. Those that ask have it
    /// in their statement too.
    static func executes(_ text: String) -> String {
        """
        datname = current_database() AND state = 'active' AND position('\(text)' IN query) > 0
            AND position('pg_stat_activity' IN query) = 0
        """
    }

    /// Makes a table that says how long `Stage.pause` takes: almost for ever, until `hurry()`.
    func preparePause() async throws {
        _ = try await query("CREATE TABLE pause (seconds int); INSERT INTO pause VALUES (3600)")
    }

    /// A statement that waits as long as the table says that `preparePause()` made.
    static let pause = "SELECT pg_sleep(seconds) FROM pause;\n"

    /// Lets the next `Stage.pause` end at once.
    func hurry() async throws {
        _ = try await query("UPDATE pause SET seconds = 0")
    }
}
