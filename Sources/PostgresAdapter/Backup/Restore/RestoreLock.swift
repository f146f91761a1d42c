// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One restore of a database at a time, as seen from one maintenance database: an advisory lock of the session, which the server gives
/// back when the session ends, whatever ends it.
///
/// Who has it knows that a half-restored database belongs to nobody any more.
struct RestoreLock: Sendable {
    /// The database that is restored.
    let database: String

    private var key: String {
        let digits = Checksum(of: Array("strata restore \(database)".utf8)).hexadecimal.prefix(15)
        return "\(UInt64(digits, radix: 16) ?? 0)"
    }

    /// Takes the lock for as long as a session lives.
    ///
    /// - Throws: ``PostgresBackupError`` of category `busy` when somebody has it.
    func take(_ connection: PostgresConnection, _ configuration: PostgresConfiguration) async throws {
        let process = try await connection.query("SELECT pg_backend_pid()").first?.first.flatMap(\.self)
        if process != "\(connection.serverProcess)" {
            // Behind a pooler that hands sessions round the lock would be somebody else's.
            _ = try await PoolerCheck(connection: connection, configuration: configuration).ownProcess()
        }
        let answer = try await connection.query("SELECT pg_try_advisory_lock(\(key))").first?.first
        guard answer == "t" else {
            let holder = try await holder(connection)
            throw PostgresBackupError(
                .busy,
                "another restore of the database \(database) is running\(holder.map { ": \($0)" } ?? ""). Wait until it is done."
            )
        }
    }

    private func holder(_ connection: PostgresConnection) async throws -> LockHolder? {
        try await connection.query(
            """
            SELECT \(OtherSession.columns) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32) | l.objid::bigint = \(key)
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        ).first.flatMap { OtherSession(row: $0[...])?.holder }
    }
}
