// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a server has to have so that a dump can be restored into it: it belongs to the server, and is not in the dump.
///
/// In the metadata under `needs`: `roles` (names of those that own something or are granted something), `owners` (of those the ones that own
/// something), `tablespaces`, and `bytes` (what the database took on the disk).
struct DumpNeeds: Hashable, Sendable {
    var roles: [String] = []
    var owners: [String] = []
    var tablespaces: [String] = []
    var bytes: Int64 = 0

    init() {}

    var values: [String: BackupValue] {
        func list(_ texts: [String]) -> BackupValue { .array(texts.map(BackupValue.string)) }
        let needs: [String: BackupValue] = [
            "roles": list(roles), "owners": list(owners), "tablespaces": list(tablespaces), "bytes": .integer(bytes),
        ]
        return ["needs": .object(needs)]
    }

    /// Reads what ``values`` wrote; `nil` where a set of an earlier version does not tell.
    init?(_ values: [String: BackupValue]) {
        guard let needs = values["needs"]?.objectValue else { return nil }
        func texts(_ name: String) -> [String] { needs[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        roles = texts("roles")
        owners = texts("owners")
        tablespaces = texts("tablespaces")
        bytes = needs["bytes"]?.integerValue ?? 0
    }

    /// Asks the database of a connection.
    ///
    /// What belongs to an extension is made by that one, for whoever restores it. The role that `initdb` made (10) is in no list of
    /// dependencies, so its objects are looked for.
    init(reading connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            """
            WITH made AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
            uses AS (
                SELECT refobjid AS role, deptype = 'o' AS owns FROM pg_shdepend s
                WHERE refclassid = 'pg_authid'::regclass AND deptype IN ('o', 'a', 'r') AND classid <> 'pg_extension'::regclass
                    AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND NOT (deptype = 'o' AND (classid, objid) IN (SELECT classid, objid FROM made))
                    AND NOT (classid = 'pg_class'::regclass
                        AND EXISTS (SELECT FROM pg_class c WHERE c.oid = objid AND c.relpersistence = 't'))
                UNION ALL SELECT 10, true WHERE EXISTS (
                    SELECT FROM pg_class WHERE relowner = 10 AND oid >= 16384 AND relpersistence <> 't'
                        AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                        AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM made)
                    UNION ALL SELECT FROM pg_proc WHERE proowner = 10 AND oid >= 16384
                        AND ('pg_proc'::regclass, oid) NOT IN (SELECT classid, objid FROM made)
                    UNION ALL SELECT FROM pg_namespace WHERE nspowner = 10 AND oid >= 16384 AND nspname !~ '^pg_'
                        AND ('pg_namespace'::regclass, oid) NOT IN (SELECT classid, objid FROM made)))
            SELECT rolname, bool_or(owns) FROM uses JOIN pg_roles r ON r.oid = role GROUP BY 1 ORDER BY 1
            """)
        roles = rows.compactMap(\.[0])
        owners = rows.filter { $0[1] == "t" }.compactMap(\.[0])
        tablespaces = try await connection.query(
            """
            SELECT DISTINCT spcname FROM pg_tablespace t JOIN pg_class c ON c.reltablespace = t.oid
            WHERE spcname <> 'pg_global' AND c.relpersistence <> 't' ORDER BY 1
            """
        ).compactMap(\.[0])
        bytes =
            try await connection.query("SELECT pg_database_size(current_database())").first?[0].flatMap { Int64($0) }
            ?? 0
    }
}
