// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension PostgresDetails {
    /// Asks a database what it is.
    init(reading connection: PostgresConnection, database: String) async throws {
        self.init()
        self.database = database
        let provider = DatabaseProperties.localeColumns(connection.serverVersion)
        let row =
            try await connection.query(
                """
                SELECT pg_encoding_to_char(encoding), datcollate, datctype,
                    array_to_json(ARRAY(SELECT extname::text FROM pg_extension ORDER BY 1))::text,
                    CASE \(provider.provider) WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END, \(provider.locale),
                    \(provider.rules), array_to_json(ARRAY(SELECT unnest(setconfig) FROM pg_db_role_setting
                        WHERE setdatabase = d.oid AND setrole = 0))::text,
                    array_to_json(ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_' AND (oid = 10 OR oid IN (
                        SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND dbid = d.oid))
                        ORDER BY 1))::text
                FROM pg_database d WHERE datname = current_database()
                """
            ).first?.map { $0 ?? "" } ?? []
        guard row.count == 9 else {
            throw PostgresBackupError(.store, "the database \(database) is not there any more")
        }
        (encoding, collation, characterType) = (row[0], row[1], row[2])
        extensions = JSONStrings.parse(row[3])
        (localeProvider, locale, localeRules) = (row[4], row[5], row[6])
        settings = JSONStrings.parse(row[7])
        roles = JSONStrings.parse(row[8])
    }
}
