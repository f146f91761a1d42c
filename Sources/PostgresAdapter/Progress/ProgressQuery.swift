// SPDX-License-Identifier: Apache-2.0

/// The questions about what the server does for another session (PostgreSQL documentation, "Progress Reporting").
struct ProgressQuery {
    /// The server's process for that session.
    let process: Int32
    /// The server's version as libpq counts it.
    let serverVersion: Int

    /// Whether the process is that of a session which holds a run's lock.
    ///
    /// Behind a pooler libpq has other numbers for processes than the server, and such a number can be that of a stranger.
    func holdsLock(of table: HistoryTable) -> String {
        "\(table.selectLockProcess) AND pid = \(process)"
    }

    /// What the second session is limited to.
    ///
    /// It must not wait for a lock longer than the server lets pass before it looks for deadlocks (`deadlock_timeout`): then the
    /// migration is never the one that it ends.
    static let limits = """
        SET lock_timeout = '200ms'; SET statement_timeout = '10s'; SET default_transaction_read_only = on
        """

    /// What the process does now: one row for ``ProgressReading`` or none.
    ///
    /// One statement of a few milliseconds: it has a snapshot for as long as it takes, and `CREATE INDEX CONCURRENTLY` waits for
    /// those.
    var reading: String {
        views.map { view in
            let numbers = ProgressReading.Counter.allCases.map { view.counters[$0] ?? "NULL" }
            return """
                SELECT \(view.command), \(view.phase), (SELECT c.oid::regclass FROM pg_class c WHERE c.oid = relid), \
                \(view.locker), \(numbers.map { "(\($0))::bigint" }.joined(separator: ", ")) \
                FROM \(view.name) WHERE pid = \(process)
                """
        }.joined(separator: " UNION ALL ")
    }

    private struct View {
        var name: String
        var command = "command"
        var phase = "phase"
        var locker = "NULL"
        var counters: [ProgressReading.Counter: String]
    }

    private var views: [View] {
        var views = [createIndex, cluster, vacuum]
        if serverVersion >= 130_000 { views.append(analyze) }
        if serverVersion >= 140_000 { views.append(copy) }
        return views
    }

    private var createIndex: View {
        View(
            name: "pg_stat_progress_create_index",
            locker: """
                (SELECT pid || coalesce(', ' || nullif(application_name, ''), '') FROM pg_stat_activity a \
                WHERE a.pid = current_locker_pid)
                """,
            counters: [
                .blocks: "blocks_done", .allBlocks: "blocks_total", .tuples: "tuples_done",
                .allTuples: "tuples_total", .lockers: "lockers_done", .allLockers: "lockers_total",
            ])
    }

    private var cluster: View {
        let isWriting = "phase = 'writing new heap'"
        return View(
            name: "pg_stat_progress_cluster",
            counters: [
                .blocks: "heap_blks_scanned", .allBlocks: "heap_blks_total",
                .tuples: "CASE WHEN \(isWriting) THEN heap_tuples_written ELSE heap_tuples_scanned END",
                .allTuples: "CASE WHEN \(isWriting) THEN heap_tuples_scanned END",
                .indexes: "index_rebuild_count",
            ])
    }

    private var vacuum: View {
        View(
            name: "pg_stat_progress_vacuum", command: "'VACUUM'",
            counters: [
                .blocks: "CASE phase WHEN 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END",
                .allBlocks: "heap_blks_total",
                .indexes: serverVersion >= 170_000 ? "indexes_processed" : "NULL",
                .allIndexes: serverVersion >= 170_000 ? "indexes_total" : "NULL",
            ])
    }

    private var analyze: View {
        View(
            name: "pg_stat_progress_analyze", command: "'ANALYZE'",
            counters: [.blocks: "sample_blks_scanned", .allBlocks: "sample_blks_total"])
    }

    private var copy: View {
        View(
            name: "pg_stat_progress_copy", phase: "NULL",
            counters: [.tuples: "tuples_processed", .bytes: "bytes_processed", .allBytes: "bytes_total"])
    }
}
