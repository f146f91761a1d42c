// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What belongs to a database itself and not to what is in it: owner, encoding, collation, tablespace, privileges, settings, comment.
///
/// `pg_restore` without `--create`, which would give the database its old name, restores none of these.
struct DatabaseProperties: Sendable {
    let connection: PostgresConnection

    /// Settings that are lists of names: they are stored as SQL writes them (`variable_is_guc_list_quote` of PostgreSQL).
    private static let lists: Set<String> = [
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
        "temp_tablespaces", "unix_socket_directories",
    ]

    /// Where `pg_database` says who sorts texts, and by which locale where that is not the C library.
    static func localeColumns(_ version: Int) -> (provider: String, locale: String, rules: String) {
        (
            version >= 150_000 ? "datlocprovider" : "'c'::\"char\"",
            version >= 170_000 ? "datlocale" : version >= 150_000 ? "daticulocale" : "NULL",
            version >= 160_000 ? "daticurules" : "NULL"
        )
    }

    /// Makes an empty database like another one.
    func create(_ name: String, like other: String) async throws {
        let (provider, locale, rules) = Self.localeColumns(connection.serverVersion)
        let row = try await connection.query(
            """
            SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba), datconnlimit, \(provider), \
            \(locale), (SELECT spcname FROM pg_tablespace t WHERE t.oid = dattablespace \
            AND t.oid <> (SELECT dattablespace FROM pg_database WHERE datname = 'template0')), \(rules) \
            FROM pg_database WHERE datname = \(SQLLiteral.string(other))
            """
        ).first
        guard let row, let owner = row[3] else {
            throw PostgresBackupError(.store, "the database \(other) is not there any more")
        }
        func text(_ index: Int) -> String { SQLLiteral.string(row[index] ?? "") }
        var sql = """
            CREATE DATABASE \(SQLLiteral.identifier(name)) TEMPLATE template0 OWNER \(SQLLiteral.identifier(owner)) \
            ENCODING \(text(0)) LC_COLLATE \(text(1)) LC_CTYPE \(text(2)) CONNECTION LIMIT \(row[4] ?? "-1")
            """
        sql += Self.locale(
            row[5] == "i" ? "icu" : row[5] == "b" ? "builtin" : "libc", row[6] ?? "", rules: row[8] ?? "")
        // Naming the one that it gets in any case would need a right that only superusers have.
        if let space = row[7] { sql += " TABLESPACE \(SQLLiteral.identifier(space))" }
        try await connection.query(sql)
    }

    /// Makes an empty database of an encoding and a locale.
    func create(_ name: String, _ details: PostgresDetails) async throws {
        try await connection.query(
            """
            CREATE DATABASE \(SQLLiteral.identifier(name)) TEMPLATE template0 ENCODING \(SQLLiteral.string(details.encoding)) \
            LC_COLLATE \(SQLLiteral.string(details.collation)) LC_CTYPE \(SQLLiteral.string(details.characterType))\
            \(Self.locale(details.localeProvider, details.locale, rules: details.localeRules))
            """)
    }

    /// What `CREATE DATABASE` needs for another provider than the C library.
    static func locale(_ provider: String, _ locale: String, rules: String) -> String {
        switch provider {
        case "icu":
            " LOCALE_PROVIDER icu ICU_LOCALE \(SQLLiteral.string(locale))"
                + (rules.isEmpty ? "" : " ICU_RULES \(SQLLiteral.string(rules))")
        case "builtin": " LOCALE_PROVIDER builtin BUILTIN_LOCALE \(SQLLiteral.string(locale))"
        default: ""
        }
    }

    /// Copies privileges, settings and the comment, after the rows are there: a setting such as `default_transaction_read_only`
    /// would be in the way of the restore.
    func copy(from old: String, to new: String) async throws {
        try await run(statements(from: old, to: new), end: "COMMIT")
    }

    /// Finds out whether ``copy(from:to:)`` is going to be allowed: a restore of hours must not end with that.
    ///
    /// - Throws: ``PostgresBackupError`` of category `refused` when it is not.
    func rehearse(from old: String, to new: String) async throws {
        do {
            try await run(statements(from: old, to: new), end: "ROLLBACK")
        } catch let error as PostgresError where error.serverMessage?.sqlState == SQLState.insufficientPrivilege {
            throw PostgresBackupError(
                .refused,
                """
                privileges and settings of the database \(old) cannot be given to its replacement by this role: \(error.message). \
                Nothing was changed; restore as a superuser.
                """)
        }
    }

    private func statements(from old: String, to new: String) async throws -> [String] {
        try await privileges(of: old, for: new) + settings(of: old, for: new) + comment(of: old, for: new)
    }

    private func run(_ statements: [String], end: String) async throws {
        guard !statements.isEmpty else { return }
        do {
            try await connection.query("BEGIN; \(statements.joined(separator: "; ")); \(end)")
        } catch {
            // What comes next, dropping the database perhaps, must not find a failed transaction.
            _ = try? await connection.query("ROLLBACK")
            throw error
        }
    }

    private func privileges(of old: String, for new: String) async throws -> [String] {
        let rows = try await connection.query(
            """
            SELECT privilege_type, CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, is_grantable \
            FROM pg_database, aclexplode(datacl) WHERE datname = \(SQLLiteral.string(old))
            """)
        let isDefault = try await connection.query(
            "SELECT datacl IS NULL FROM pg_database WHERE datname = \(SQLLiteral.string(old))")
        guard isDefault.first?.first == "f" else { return [] }
        let database = SQLLiteral.identifier(new)
        return [
            "REVOKE ALL ON DATABASE \(database) FROM PUBLIC",
            "DO $do$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', \(SQLLiteral.string(new)), "
                + "(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = \(SQLLiteral.string(new)))); END $do$",
        ]
            + rows.map { row in
                "GRANT \(row[0] ?? "") ON DATABASE \(database) TO \(row[1].map(SQLLiteral.identifier) ?? "PUBLIC")"
                    + (row[2] == "t" ? " WITH GRANT OPTION" : "")
            }
    }

    private func settings(of old: String, for new: String) async throws -> [String] {
        let rows = try await connection.query(
            """
            SELECT CASE setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(setrole) END, unnest(setconfig) FROM pg_db_role_setting \
            JOIN pg_database d ON d.oid = setdatabase WHERE datname = \(SQLLiteral.string(old))
            """)
        return rows.compactMap { row in
            guard let setting = row[1], let mark = setting.firstIndex(of: "=") else { return nil }
            let name = String(setting[..<mark])
            let stored = String(setting[setting.index(after: mark)...])
            let value = Self.lists.contains(name.lowercased()) && !stored.isEmpty ? stored : SQLLiteral.string(stored)
            let database = SQLLiteral.identifier(new)
            let subject =
                row[0].map { "ROLE \(SQLLiteral.identifier($0)) IN DATABASE \(database)" } ?? "DATABASE \(database)"
            let parts = name.split(separator: ".").map { SQLLiteral.identifier(String($0)) }
            return "ALTER \(subject) SET \(parts.joined(separator: ".")) TO \(value)"
        }
    }

    private func comment(of old: String, for new: String) async throws -> [String] {
        let rows = try await connection.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = \(SQLLiteral.string(old))")
        guard let comment = rows.first?.first.flatMap(\.self) else { return [] }
        return ["COMMENT ON DATABASE \(SQLLiteral.identifier(new)) IS \(SQLLiteral.string(comment))"]
    }
}
