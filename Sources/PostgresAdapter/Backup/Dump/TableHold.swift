// SPDX-License-Identifier: Apache-2.0

/// Keeps tables from being emptied or rewritten while they are read: that is seen in older snapshots too.
///
/// Nothing is ever waited for. Somebody who waits for such a table waits for `pg_dump`, which has it already; were we to wait behind them, and
/// `pg_dump` for us, nobody would go on.
struct TableHold: Sendable {
    /// Somebody is waiting to change a table, or has changed one since the snapshot was taken.
    struct Contended: Error {}

    let connection: PostgresConnection
    let tables: [PostgresCatalog.Table]

    /// Takes them all, in the connection's transaction.
    ///
    /// - Parameter isLast: Whether to make do with those that can be had.
    /// - Returns: Those that cannot be had.
    /// - Throws: ``Contended`` when there are such, and it is not the last try.
    func take(isLast: Bool) async throws -> [PostgresCatalog.Table] {
        guard !tables.isEmpty else { return [] }
        var missed: Set<String> = []
        do {
            try await lock(tables)
        } catch let error as PostgresError where Self.isTaken(error) {
            guard isLast else { throw Contended() }
            for table in tables {
                do {
                    try await lock([table])
                } catch let error as PostgresError where Self.isTaken(error) {
                    missed.insert(table.oid)
                }
            }
        }
        missed.formUnion(try await changed())
        guard missed.isEmpty || isLast else { throw Contended() }
        return tables.filter { missed.contains($0.oid) }
    }

    private func lock(_ tables: [PostgresCatalog.Table]) async throws {
        let names = tables.map(\.sql).joined(separator: ", ONLY ")
        try await connection.query("SAVEPOINT strata_hold")
        do {
            try await connection.query("LOCK TABLE ONLY \(names) IN ACCESS SHARE MODE NOWAIT")
            try await connection.query("RELEASE SAVEPOINT strata_hold")
        } catch {
            _ = try? await connection.query("ROLLBACK TO SAVEPOINT strata_hold; RELEASE SAVEPOINT strata_hold")
            throw error
        }
    }

    private static func isTaken(_ error: PostgresError) -> Bool {
        [SQLState.lockNotAvailable, SQLState.undefinedTable].contains(error.serverMessage?.sqlState)
    }

    /// Tables whose file is not the one of the snapshot any more: between the snapshot and the locks nothing had kept them.
    ///
    /// Queries see the catalog as it was, functions as it is.
    private func changed() async throws -> [String] {
        let rows = try await connection.query(
            """
            SELECT c.oid::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid IN (\(tables.map(\.oid).joined(separator: ", "))) AND (
                pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode
                OR to_regclass(format('%I.%I', n.nspname, c.relname))::oid IS DISTINCT FROM c.oid)
            """)
        return rows.compactMap { $0.first ?? nil }
    }
}
