// SPDX-License-Identifier: Apache-2.0

package import MigrationCore
package import PostgresAdapter

extension TestDatabase {
    /// Runs of migrations against this database.
    package func runner(
        _ source: ScriptSource, options: RunOptions = RunOptions(),
        store: PostgresVersionStore.Options = PostgresVersionStore.Options(), user: String? = nil,
        events: EventLog? = nil
    ) -> MigrationRunner<ScriptSource, PostgresVersionStore> {
        MigrationRunner(
            source: source, store: PostgresVersionStore(configuration(user: user), options: store), options: options
        ) { events?.add($0) }
    }

    /// Applies what is pending.
    ///
    /// - Returns: The paths of what was applied, in order.
    @discardableResult
    package func migrate(
        _ source: ScriptSource, options: RunOptions = RunOptions(),
        store: PostgresVersionStore.Options = PostgresVersionStore.Options(), user: String? = nil,
        events: EventLog? = nil
    ) async throws -> [String] {
        let runner = runner(source, options: options, store: store, user: user, events: events)
        return try await runner.applyPending().applied.map(\.migration.path)
    }

    /// The error of a run that has to fail; `nil` when it did not.
    package func failure(
        _ source: ScriptSource, options: RunOptions = RunOptions(),
        store: PostgresVersionStore.Options = PostgresVersionStore.Options(), user: String? = nil
    ) async -> MigrationError? {
        do {
            try await runner(source, options: options, store: store, user: user).applyPending()
            return nil
        } catch {
            return error
        }
    }

    /// What the history holds, as `core:1`, in order; empty when there is no history table.
    package func history(_ table: String = "public.schema_versions") async throws -> [String] {
        guard try await query("SELECT to_regclass('\(table)') IS NOT NULL") == ["t"] else { return [] }
        return try await query("SELECT component || ':' || version FROM \(table) ORDER BY component, version")
    }

    /// The tables in schema `public` but for the history, in order of their names.
    package func tables() async throws -> [String] {
        try await query(
            """
            SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
            AND relname <> 'schema_versions' ORDER BY relname
            """)
    }

    /// How many sessions of other programs than the one who asks are connected to this database.
    package func sessionCount() async throws -> Int {
        try await count(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    }

    /// How many advisory locks are held in this database.
    package func advisoryLockCount() async throws -> Int {
        try await count(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
    }

    private func count(_ sql: String) async throws -> Int {
        Int(try await query(sql)[0]) ?? -1
    }
}
