// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a dump of a database holds, asked of the database itself.
enum PostgresCatalog {
    /// A table whose rows `pg_dump` writes.
    struct Table: Hashable, Sendable {
        /// Its number in the catalog.
        var oid: String
        var schema: String
        var name: String
        /// The columns whose values are stored as they were given, in the order of their names: `pg_restore` may order those of inherited tables
        /// otherwise. Generated ones are left out: a restore computes them anew, by what their functions say now.
        var columns: [String]
        /// What it takes on the disk, without indexes.
        var bytes: Int64

        /// As `pg_dump` and `pg_restore` write it in their messages.
        var label: String { "\(schema).\(name)" }
        var sql: String { "\(SQLLiteral.identifier(schema)).\(SQLLiteral.identifier(name))" }
        var exactName: ExactName { ExactName([schema, name]) }

        /// Whether its names came to us as they are: in a database without an encoding they can be bytes that are no text.
        fileprivate var isNamed: Bool {
            ([schema, name] + columns).allSatisfy { !$0.unicodeScalars.contains("\u{FFFD}") }
        }
    }

    /// The tables of a database.
    struct Tables: Sendable {
        /// Those whose rows a dump has, largest first.
        var dumped: [Table] = []
        /// Those whose rows it does not have, because a standby cannot read them.
        var unlogged: [[String]] = []
        /// How many there are in the dump that cannot be named here.
        var unnamed = 0
    }

    /// What makes rows read as the same text on every server, for the length of a transaction.
    ///
    /// An idle transaction must live as long as the dump takes. Rows that the role may not see have to be an error.
    static let settings = """
        SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; \
        SET LOCAL search_path = pg_catalog; SET LOCAL row_security = off; SET LOCAL datestyle = 'ISO, YMD'; \
        SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; \
        SET LOCAL extra_float_digits = 3; SET LOCAL lc_monetary = 'C'; SET LOCAL xmloption = 'content'; \
        SET LOCAL quote_all_identifiers = off
        """

    /// Begins the transaction in which everything is read.
    ///
    /// - Parameter lockTimeout: How long it waits for a table that somebody holds; `nil`: for ever.
    static func begin(_ connection: PostgresConnection, lockTimeout: Duration? = nil) async throws {
        let timeout = SQLLiteral.milliseconds(lockTimeout ?? .zero)
        try await connection.query(
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; \(settings); SET LOCAL lock_timeout = \(timeout)"
        )
        if connection.serverVersion >= 170_000 {
            try await connection.query("SET LOCAL transaction_timeout = 0")
        }
        if await hasNoEncoding(connection) {
            // Names in it can be bytes that are not UTF-8, which the server would refuse to send.
            try await connection.query("SET LOCAL client_encoding = 'SQL_ASCII'")
        }
    }

    private static func hasNoEncoding(_ connection: PostgresConnection) async -> Bool {
        await connection.parameter("server_encoding") == "SQL_ASCII"
    }

    /// The tables whose rows a dump has.
    ///
    /// Not those of extensions, which `CREATE EXTENSION` makes; not temporary ones; and on a standby not unlogged ones, which cannot be
    /// read there. The size of a table that somebody holds is an estimate: asking for it would wait.
    static func tables(_ connection: PostgresConnection) async throws -> Tables {
        let isStored = connection.serverVersion >= 120_000 ? "AND attgenerated = ''" : ""
        let rows = try await connection.query(
            """
            WITH held AS MATERIALIZED (SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
            SELECT n.nspname, c.relname, CASE WHEN c.oid IN (SELECT relation FROM held)
                    OR c.reltoastrelid IN (SELECT relation FROM held) OR (c.relpersistence = 'u' AND pg_is_in_recovery())
                THEN greatest(c.relpages, 0)::bigint * current_setting('block_size')::bigint
                ELSE pg_table_size(c.oid) END, array_to_json(ARRAY(
                SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped \(isStored)
                ORDER BY attname COLLATE "C"))::text, c.oid::text, c.relpersistence = 'u' AND pg_is_in_recovery()
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND (
                    (d.classid = 'pg_class'::regclass AND d.objid = c.oid)))
            ORDER BY 3 DESC, 1, 2
            """)
        let mayBeUnnamed = await hasNoEncoding(connection)
        var tables = Tables()
        for row in rows {
            guard let schema = row[0], let name = row[1], let oid = row[4] else { continue }
            let table = Table(
                oid: oid, schema: schema, name: name, columns: JSONStrings.parse(row[3] ?? "[]"),
                bytes: row[2].flatMap(Int64.init) ?? 0)
            if mayBeUnnamed && !table.isNamed {
                tables.unnamed += 1
            } else if row[5] == "t" {
                tables.unlogged.append([schema, name])
            } else {
                tables.dumped.append(table)
            }
        }
        return tables
    }

    /// The newest version of each component; empty where there is no history.
    static func newestVersions(_ table: HistoryTable, _ connection: PostgresConnection) async throws -> [MigrationID] {
        let exists = try await connection.query("SELECT to_regclass(\(SQLLiteral.string(table.sql))) IS NOT NULL")
        guard exists.first?.first == "t" else { return [] }
        let rows = try await connection.query(
            "SELECT component, max(version::numeric)::text FROM \(table.sql) GROUP BY 1 ORDER BY min(component) COLLATE \"C\""
        )
        return rows.compactMap { row in
            guard let component = row[0], let version = row[1].flatMap({ MigrationVersion($0) }) else { return nil }
            return MigrationID(component: Component(component), version: version)
        }
    }
}

extension ServerMessage {
    /// Whether a query failed for what is in the database (syntax or names, SQLSTATE 42; values, 22), and not for the server's condition
    /// or the role's rights.
    var isOfContents: Bool {
        guard let sqlState, sqlState != SQLState.insufficientPrivilege else { return false }
        return sqlState.hasPrefix("42") || sqlState.hasPrefix("22")
    }
}
