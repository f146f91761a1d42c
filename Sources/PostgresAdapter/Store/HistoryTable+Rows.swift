// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension HistoryTable {
    /// Records a migration that is in effect as soon as the transaction is.
    ///
    /// Names the column `compatible_with` only where the migration declares something: others are recorded in a table without
    /// it too.
    ///
    /// - Parameter knownRows: Fail (division by zero) when the history has fewer rows than this; `nil`: do not look. Looking
    ///   reads the whole table.
    func insert(_ migration: Migration, knownRows: Int?) -> String {
        let row = row(of: migration, withCompatibility: migration.directives.compatibleWith != nil)
        let start = "INSERT INTO \(sql) (\(row.columns))"
        guard let knownRows else { return "\(start) VALUES (\(row.values))" }
        return """
            \(start) SELECT \(row.values) \
            WHERE 1 / ((SELECT count(*) FROM \(sql)) >= \(knownRows))::int = 1
            """
    }

    /// Records a migration that was not executed.
    ///
    /// - Parameter withCompatibility: Whether the table has the column `compatible_with`.
    func upsert(_ migration: Migration, withCompatibility: Bool) -> String {
        let row = row(of: migration, withCompatibility: withCompatibility)
        let compatibility = withCompatibility ? ", compatible_with = excluded.compatible_with" : ""
        return """
            INSERT INTO \(sql) (\(row.columns)) VALUES (\(row.values)) ON CONFLICT (component, version) \
            DO UPDATE SET checksum = excluded.checksum, description = excluded.description\(compatibility)
            """
    }

    private func row(of migration: Migration, withCompatibility: Bool) -> (columns: String, values: String) {
        var columns = "component, version, checksum, description"
        var values = [
            SQLLiteral.string(migration.id.component.name), migration.id.version.description,
            SQLLiteral.string(migration.checksum.hexadecimal), SQLLiteral.string(migration.name),
        ]
        if withCompatibility {
            columns += ", compatible_with"
            values.append((migration.directives.compatibleWith?.description).map(SQLLiteral.string) ?? "NULL")
        }
        return (columns, values.joined(separator: ", "))
    }

    /// Whether the table has the column `compatible_with`.
    var selectHasCompatibility: String {
        """
        SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(\(SQLLiteral.string(sql))) \
        AND attname = 'compatible_with' AND NOT attisdropped)
        """
    }

    /// Adds the column `compatible_with`.
    var addCompatibility: String { "ALTER TABLE \(sql) ADD COLUMN IF NOT EXISTS compatible_with text" }

    /// Makes the version column wide enough.
    func widen(to type: String) -> String { "ALTER TABLE \(sql) ALTER COLUMN version TYPE \(type)" }

    /// Executes a statement that changes the table, or fails at once while anybody uses it.
    ///
    /// An `ALTER TABLE` that waited for a long reader, such as `pg_dump`, would stop every application that starts meanwhile:
    /// their look at the history would wait behind it.
    func atOnce(_ change: String) -> String { "BEGIN; LOCK TABLE \(sql) NOWAIT; \(change); COMMIT" }
}
