// SPDX-License-Identifier: Apache-2.0

/// What a second session asks about the queues for locks: who blocks the run's process, and who waits for it.
///
/// One statement of a few milliseconds. `pg_locks` and `pg_blocking_pids` tell every role everything.
struct TrafficQuery {
    /// The server's process of the run.
    let process: Int32
    /// The server's version as libpq counts it.
    let serverVersion: Int

    /// Rows for ``TrafficReading/init(rows:)``.
    var reading: String {
        // Before version 14 the server does not tell since when somebody waits.
        let since = serverVersion >= 140_000 ? "min(waitstart)" : "NULL::timestamptz"
        let waited = "(extract(epoch FROM clock_timestamp() - since) * 1000)::bigint::text"
        let padding = Array(repeating: "NULL", count: OtherSession.columnCount - 2).joined(separator: ", ")
        return """
            WITH waiting AS MATERIALIZED (
                SELECT pid, \(since) AS since, pg_blocking_pids(pid) AS blockers FROM pg_locks
                WHERE NOT granted AND pid IS NOT NULL GROUP BY pid)
            SELECT 'blocker', \(BlockingTransaction.column("b.pid")), \(OtherSession.columns)
            FROM waiting w CROSS JOIN LATERAL unnest(w.blockers) AS b (pid) LEFT JOIN pg_stat_activity a ON a.pid = b.pid
            WHERE w.pid = \(process)
            UNION ALL
            SELECT 'behind', \(waited), pid::text, since::text, \(padding) FROM waiting WHERE \(process) = ANY (blockers)
            """
    }

    /// Ends what the process executes, not its session.
    var cancel: String { "SELECT pg_cancel_backend(\(process))" }
}

/// An answer to ``TrafficQuery``.
struct TrafficReading {
    /// A session that waits for ours.
    struct Waiting: Hashable {
        var process: String
        /// When it began to wait, as the server writes it: tells one wait from the next.
        var since: String?
    }

    /// Whether our statement waits for a lock.
    var isWaiting = false
    /// Who has it, or waits for it before us.
    var blockers: [OtherSession] = []
    /// The transactions of all of these; `nil` for one that has none, or that is prepared and has no session.
    var blockingTransactions: [BlockingTransaction?] = []
    /// Who waits for us, and for how long, as far as the server tells.
    var behind: [Waiting: Duration] = [:]

    init(rows: [[String?]]) {
        for row in rows where row.count == 2 + OtherSession.columnCount {
            if row[0] == "behind", let process = row[2] {
                let waited = row[1].flatMap { Int64($0) }.map { Duration.milliseconds($0) }
                behind[Waiting(process: process, since: row[3])] = max(waited ?? .zero, .zero)
            } else if row[0] == "blocker" {
                isWaiting = true
                blockingTransactions.append(row[1].map { BlockingTransaction(name: $0) })
                // A transaction that is prepared has no session.
                if let session = OtherSession(row: row[2...]) { blockers.append(session) }
            }
        }
    }
}
