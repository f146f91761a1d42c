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
                    \(provider.rules)
                FROM pg_database WHERE datname = current_database()
                """
            ).first?.map { $0 ?? "" } ?? []
        guard row.count == 7 else {
            throw PostgresBackupError(.store, "the database \(database) is not there any more")
        }
        (encoding, collation, characterType) = (row[0], row[1], row[2])
        extensions = JSONStrings.parse(row[3])
        (localeProvider, locale, localeRules) = (row[4], row[5], row[6])
        let traits = try await DatabaseTraits(of: database, connection)
        self.traits = traits?.withoutSecrets
        secretSettings = traits?.settings.filter(\.isSecret).map { String($0.name) } ?? []
        needs = try await DumpNeeds(reading: connection)
    }
}
