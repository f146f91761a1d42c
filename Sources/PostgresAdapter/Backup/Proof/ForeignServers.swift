// SPDX-License-Identifier: Apache-2.0

/// The servers that a database reads from, by foreign tables and by `dblink`: filling a materialized view would ask them.
enum ForeignServers {
    /// Whether a dump has any, by its table of contents.
    static func areNamed(in list: [UInt8]) -> Bool {
        [" SERVER - ", " EXTENSION - dblink "].contains {
            list.split(separator: Array($0.utf8), maxSplits: 1).count > 1
        }
    }

    /// Makes it impossible to read foreign tables.
    ///
    /// - Returns: The materialized views that cannot be filled then, by schema and name.
    static func cutOff(_ connection: PostgresConnection) async throws -> [[String]] {
        let wrappers = try await connection.query("SELECT fdwname FROM pg_foreign_data_wrapper WHERE fdwhandler <> 0")
        for wrapper in wrappers.compactMap({ $0[0] }) {
            try await connection.query("ALTER FOREIGN DATA WRAPPER \(SQLLiteral.identifier(wrapper)) NO HANDLER")
        }
        return try await connection.query(dependents).compactMap { row in
            guard let schema = row[0], let name = row[1] else { return nil }
            return [schema, name]
        }
    }

    /// Materialized views that read foreign tables or call functions of `dblink`: directly, through views, through parents of foreign
    /// partitions, or through functions whose body is parsed SQL.
    private static let dependents = """
        WITH RECURSIVE abroad (class, object) AS (
            SELECT 'pg_class'::regclass::oid, oid FROM pg_class WHERE relkind = 'f'
            UNION
            SELECT classid, objid FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
            WHERE extname = 'dblink' AND deptype = 'e' AND classid = 'pg_proc'::regclass
            UNION
            SELECT reader.* FROM abroad, LATERAL (
                SELECT 'pg_class'::regclass::oid, ev_class FROM pg_depend JOIN pg_rewrite r
                    ON classid = 'pg_rewrite'::regclass AND objid = r.oid WHERE refclassid = class AND refobjid = object
                UNION ALL
                SELECT classid, objid FROM pg_depend
                    WHERE classid = 'pg_proc'::regclass AND refclassid = class AND refobjid = object
                UNION ALL
                SELECT class, inhparent FROM pg_inherits WHERE class = 'pg_class'::regclass AND inhrelid = object
            ) AS reader)
        SELECT nspname, relname FROM abroad JOIN pg_class c ON class = 'pg_class'::regclass AND object = c.oid
        JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'm' ORDER BY 1, 2
        """

    /// A table of contents for `pg_restore --use-list`, without the filling of some materialized views.
    static func list(_ list: [UInt8], without views: [[String]]) -> [UInt8] {
        let left = Set(views.map { DumpFile.label($0)[...] })
        let lines = list.split(separator: UInt8(ascii: "\n")).filter { line in
            !DumpFile.labels(of: line, kind: "MATERIALIZED VIEW DATA").contains { left.contains($0) }
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    }
}
