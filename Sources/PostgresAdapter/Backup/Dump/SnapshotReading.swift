// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What was read in one snapshot, beside the dump itself.
struct SnapshotReading: Sendable {
    var snapshot: ExportedSnapshot
    var details: PostgresDetails
    /// The newest version of each component.
    var versions: [MigrationID] = []
    /// What people should know.
    var warnings: [String] = []
}

/// A snapshot that `pg_dump` can read in, as long as the transaction that exported it.
struct ExportedSnapshot: Sendable {
    var id: String
    var takenAt: String
    var serverVersion: String
    var isSuperuser: Bool

    /// The first statement of a transaction: with it the snapshot is taken.
    init(of connection: PostgresConnection) async throws {
        let row =
            try await connection.query(
                """
                SELECT pg_export_snapshot(), to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), \
                current_setting('server_version'), current_setting('is_superuser')
                """
            ).first?.compactMap(\.self) ?? []
        guard row.count == 4 else { throw PostgresBackupError(.store, "the server exported no snapshot") }
        id = row[0]
        takenAt = row[1]
        serverVersion = row[2].split(separator: " ").first.map(String.init) ?? row[2]
        isSuperuser = row[3] == "on"
    }
}
