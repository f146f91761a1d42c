// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The table that keeps how far unfinished sequences got: beside the history table, which holds finished migrations only.
struct JournalTable {
    /// How far a unit got.
    enum State: String {
        /// The statement was sent; whether it ended is not known from here.
        case started
        case done
        /// A person said that the statement shall be executed once more.
        case redo
    }

    /// One row: a unit of a migration.
    struct Entry {
        let firstNumber: Int
        let lastNumber: Int
        let total: Int
        let state: State
        let checksum: String
        let startedAt: String
        let note: String?
    }

    let history: HistoryTable

    /// `schema_versions_journal`, for the history table `schema_versions`.
    var table: HistoryTable {
        var name = history.name
        // A name has room for 63 bytes.
        while name.utf8.count > 55 { name.unicodeScalars.removeLast() }
        return HistoryTable(schema: history.schema, name: name + "_journal")
    }

    var create: String {
        """
        CREATE TABLE IF NOT EXISTS \(table.sql) (
            component varchar(100) NOT NULL,
            version numeric NOT NULL,
            first_statement int NOT NULL,
            last_statement int NOT NULL,
            statements int NOT NULL,
            state text NOT NULL CHECK (state IN ('started', 'done', 'redo')),
            checksum varchar(64) NOT NULL,
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            note text,
            PRIMARY KEY (component, version, first_statement)
        )
        """
    }

    /// Everything that is unfinished, for ``UnfinishedMigration``.
    var selectProgress: String {
        """
        SELECT component, version::text, coalesce(sum(last_statement - first_statement + 1) \
        FILTER (WHERE state = 'done'), 0)::text, (array_agg(statements ORDER BY first_statement DESC))[1]::text \
        FROM \(table.sql) GROUP BY component, version
        """
    }

    func select(_ id: MigrationID) -> String {
        """
        SELECT first_statement::text, last_statement::text, statements::text, state, checksum, \
        date_trunc('second', started_at)::text, note FROM \(table.sql) WHERE \(key(id)) ORDER BY first_statement
        """
    }

    /// Writes how far a unit got, and fails (division by zero) when rows of the history that were there before are gone.
    func write(
        _ unit: SequenceUnit, of id: MigrationID, total: Int, state: State, note: String?, knownRows: Int
    ) -> String {
        """
        INSERT INTO \(table.sql) (component, version, first_statement, last_statement, statements, state, checksum, note) \
        SELECT \(SQLLiteral.string(id.component.name)), \(id.version), \(unit.firstNumber), \
        \(unit.statements.upperBound), \(total), '\(state.rawValue)', '\(unit.checksum)', \
        \(note.map(SQLLiteral.string) ?? "NULL") WHERE 1 / ((SELECT count(*) FROM \(history.sql)) >= \(knownRows))::int = 1 \
        ON CONFLICT (component, version, first_statement) DO UPDATE SET last_statement = excluded.last_statement, \
        statements = excluded.statements, state = excluded.state, checksum = excluded.checksum, \
        started_at = excluded.started_at, note = excluded.note
        """
    }

    /// Adds to a statement of unknown outcome what the server said.
    func annotate(_ unit: SequenceUnit, of id: MigrationID, note: String) -> String {
        """
        UPDATE \(table.sql) SET note = \(SQLLiteral.string(note)) \
        WHERE \(key(id)) AND first_statement = \(unit.firstNumber)
        """
    }

    func remove(_ id: MigrationID) -> String {
        "DELETE FROM \(table.sql) WHERE \(key(id))"
    }

    /// Sets what a person decided of a statement whose outcome is unknown.
    func resolve(_ id: MigrationID, statement: Int, state: State) -> String {
        """
        UPDATE \(table.sql) SET state = '\(state.rawValue)' WHERE \(key(id)) AND first_statement = \(statement) \
        AND state <> 'done' RETURNING first_statement::text
        """
    }

    private func key(_ id: MigrationID) -> String {
        "component = \(SQLLiteral.string(id.component.name)) AND version = \(id.version)"
    }
}

extension JournalTable.Entry {
    /// A row of `JournalTable.select`.
    init?(row: [String?]) {
        let numbers = row.prefix(3).compactMap { $0.flatMap { Int($0) } }
        guard row.count == 7, numbers.count == 3, let state = row[3].flatMap(JournalTable.State.init) else {
            return nil
        }
        self.init(
            firstNumber: numbers[0], lastNumber: numbers[1], total: numbers[2], state: state, checksum: row[4] ?? "",
            startedAt: row[5] ?? "?", note: row[6])
    }
}
