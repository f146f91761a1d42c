// SPDX-License-Identifier: Apache-2.0

/// A transaction that has what a migration waits for.
///
/// What a transaction has locked it keeps until its end, so the migration need not try again before.
struct BlockingTransaction: Hashable {
    /// The server's name for it while it runs: `pg_locks.virtualtransaction`. Never given twice.
    let name: String

    /// The name, or NULL, of the transaction that a process is in.
    static func column(_ process: String) -> String {
        """
        (SELECT min(l.virtualtransaction) FROM pg_locks l \
        WHERE l.pid = \(process) AND l.locktype = 'virtualxid' AND l.virtualxid = l.virtualtransaction)
        """
    }

    /// Asks whether one of them still runs.
    ///
    /// - Returns: A query for one row with `t` or `f`.
    static func anyRuns(_ transactions: [BlockingTransaction]) -> String {
        let names = transactions.map { SQLLiteral.string($0.name) }.joined(separator: ", ")
        return """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid' AND virtualxid IN (\(names)) \
            AND virtualxid = virtualtransaction)
            """
    }
}
