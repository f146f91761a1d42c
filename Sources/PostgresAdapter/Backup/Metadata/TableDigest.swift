// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How many rows a table has, and a number that depends on all of them and not on their order.
///
/// The sum of the first 64 bits of each row's SHA-256, over the columns in the order of their names. Sums tell duplicate rows apart,
/// which an exclusive or would not; SHA-256 is the same on every machine and version, which PostgreSQL's own hash functions
/// do not promise.
struct TableDigest: Hashable, Sendable {
    var schema: String
    var name: String
    var rows: Int64
    /// A whole number of up to some thirty digits; empty for a table without rows.
    var digest: String

    /// The name under which large objects are counted: no table can have it, because a schema's name is not empty.
    static let largeObjects = "large objects"

    /// Bits of a text in SQL.
    private static func hash(_ text: String) -> String {
        "('x' || left(encode(sha256(\(text)), 'hex'), 16))::bit(64)::bigint"
    }

    /// Reads tables one after the other, in a transaction.
    ///
    /// - Parameters:
    ///   - encoding: The encoding of the database that was saved. Text is hashed in it: what is not valid in any other one can be hashed as
    ///     well, and a copy in another encoding has the same digests.
    ///   - isHeld: Told of a table that somebody else holds for longer than may be waited, as for a `REINDEX`, whose locks a dump does not
    ///     need. Without it that is an error.
    ///   - begins: Told of each table before it is read.
    static func read(
        _ tables: [PostgresCatalog.Table], encoding: String, _ connection: PostgresConnection,
        isHeld: ((PostgresCatalog.Table) -> Void)? = nil, begins: ((PostgresCatalog.Table) -> Void)? = nil
    ) async throws -> [TableDigest] {
        let target = SQLLiteral.string(encoding)
        var digests: [TableDigest] = []
        for table in tables {
            begins?(table)
            let columns = table.columns.map { "r.\(SQLLiteral.identifier($0))" }.joined(separator: ", ")
            let sql = """
                SELECT count(*), coalesce(sum(\(hash("convert_to(ROW(\(columns))::text, \(target))"))), 0)::text \
                FROM ONLY \(table.sql) AS r
                """
            do {
                digests.append(try await read(sql, schema: table.schema, name: table.name, connection))
            } catch let error as PostgresError
                where isHeld != nil && error.serverMessage?.sqlState == SQLState.lockNotAvailable
            {
                try await connection.query("ROLLBACK TO SAVEPOINT strata_table; RELEASE SAVEPOINT strata_table")
                isHeld?(table)
            }
        }
        digests.append(try await read(largeObjectSQL, schema: "", name: largeObjects, connection))
        return digests.sorted { $0.exactName < $1.exactName }
    }

    private static func read(
        _ sql: String, schema: String, name: String, _ connection: PostgresConnection
    ) async throws -> TableDigest {
        // Reading locks a table and each of its indexes until the transaction ends, and a server has room for some thousand locks only.
        // What is rolled back gives back the locks that were taken for it.
        let row = try await connection.query(
            """
            SAVEPOINT strata_table; \(sql); ROLLBACK TO SAVEPOINT strata_table; RELEASE SAVEPOINT strata_table
            """
        ).first
        return TableDigest(
            schema: schema, name: name, rows: row?.first?.flatMap(Int64.init) ?? 0,
            digest: row?.last.flatMap(\.self) ?? "")
    }

    /// In pieces of a megabyte, so that the server's memory stays flat. `OFFSET 0` keeps PostgreSQL from opening one twice, and the number of the
    /// object in every step from taking the answer for another one that had the same descriptor (Memoize, which depends on statistics).
    private static let largeObjectSQL = """
        SELECT count(DISTINCT oid), coalesce(sum(\(hash("convert_to(oid || ':' || piece || ':', 'SQL_ASCII') || data"))), 0)::text \
        FROM (SELECT m.oid, piece, lo_get(m.oid, piece, 1048576) AS data FROM pg_largeobject_metadata m \
        CROSS JOIN LATERAL (SELECT lo_open(m.oid, 262144) AS fd OFFSET 0) opened \
        CROSS JOIN LATERAL (SELECT lo_lseek64(fd, 0, 2) + m.oid::bigint * 0 AS size OFFSET 0) measured \
        CROSS JOIN LATERAL (SELECT lo_close(fd + (size * 0 + m.oid::bigint * 0)::int) OFFSET 0) closed \
        CROSS JOIN LATERAL generate_series(0, size, 1048576) AS piece) pieces
        """

    /// For a set's metadata.
    var value: BackupValue {
        ["schema": .string(schema), "table": .string(name), "rows": .integer(rows), "digest": .string(digest)]
    }

    /// Reads what ``value`` wrote; `nil` when it is something else.
    init?(_ value: BackupValue) {
        guard let schema = value["schema"]?.stringValue, let name = value["table"]?.stringValue,
            let rows = value["rows"]?.integerValue, let digest = value["digest"]?.stringValue
        else { return nil }
        self.init(schema: schema, name: name, rows: rows, digest: digest)
    }

    init(schema: String, name: String, rows: Int64, digest: String) {
        self.schema = schema
        self.name = name
        self.rows = rows
        self.digest = digest
    }

    /// What is not the same, a sentence each.
    static func differences(expected: [TableDigest], found: [TableDigest]) -> [String] {
        let byName = Dictionary(found.map { ($0.exactName, $0) }) { first, _ in first }
        let known = Set(expected.map(\.exactName))
        var differences = expected.compactMap { digest -> String? in
            guard let other = byName[digest.exactName] else { return "\(digest.label) is missing" }
            if other.rows != digest.rows {
                return "\(digest.label) has \(other.rows.named("row")), and had \(digest.rows) when it was saved"
            }
            return other.digest == digest.digest ? nil : "\(digest.label) has other contents than when it was saved"
        }
        differences += found.filter { !known.contains($0.exactName) }.map {
            "\($0.label) was not there when it was saved"
        }
        return differences
    }

    var exactName: ExactName { ExactName([schema, name]) }

    private var label: String { schema.isEmpty ? name : "table \(schema).\(name)" }
}
