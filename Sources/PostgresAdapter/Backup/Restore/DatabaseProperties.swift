// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Makes databases, and gives them what belongs to a database itself and not to what is in it.
///
/// `pg_restore` without `--create`, which would give the database its old name, restores none of that.
struct DatabaseProperties: Sendable {
    let connection: PostgresConnection

    /// Where `pg_database` says who sorts texts, and by which locale where that is not the C library.
    static func localeColumns(_ version: Int) -> (provider: String, locale: String, rules: String) {
        (
            version >= 150_000 ? "datlocprovider" : "'c'::\"char\"",
            version >= 170_000 ? "datlocale" : version >= 150_000 ? "daticulocale" : "NULL",
            version >= 160_000 ? "daticurules" : "NULL"
        )
    }

    /// Makes an empty database like another one.
    func create(_ name: String, like other: String, _ traits: DatabaseTraits) async throws {
        let (provider, locale, rules) = Self.localeColumns(connection.serverVersion)
        let row = try await connection.query(
            """
            SELECT pg_encoding_to_char(encoding), datcollate, datctype, \(provider), \(locale), \(rules) \
            FROM pg_database WHERE datname = \(SQLLiteral.string(other))
            """
        ).first?.map { $0 ?? "" }
        guard let row else {
            throw PostgresBackupError(.store, "the database \(other) is not there any more")
        }
        var details = PostgresDetails()
        (details.encoding, details.collation, details.characterType) = (row[0], row[1], row[2])
        details.localeProvider = row[3] == "i" ? "icu" : row[3] == "b" ? "builtin" : "libc"
        (details.locale, details.localeRules) = (row[4], row[5])
        try await create(name, details, traits)
    }

    /// Makes an empty database of an encoding and a locale.
    ///
    /// - Parameter traits: Whose it is and where; the rest of them comes later.
    func create(
        _ name: String, _ details: PostgresDetails, _ traits: DatabaseTraits = DatabaseTraits()
    ) async throws {
        var sql = """
            CREATE DATABASE \(SQLLiteral.identifier(name)) TEMPLATE template0 ENCODING \(SQLLiteral.string(details.encoding)) \
            LC_COLLATE \(SQLLiteral.string(details.collation)) LC_CTYPE \(SQLLiteral.string(details.characterType))
            """
        sql += Self.locale(
            details.localeProvider, details.locale, rules: details.localeRules, version: connection.serverVersion)
        if let owner = traits.owner { sql += " OWNER \(SQLLiteral.identifier(owner))" }
        // Naming the one that it gets in any case would need a right that only superusers have.
        if let space = traits.tablespace { sql += " TABLESPACE \(SQLLiteral.identifier(space))" }
        try await connection.query(sql)
    }

    /// What `CREATE DATABASE` needs to take its locale from the right provider, which need not be the one of `template0`.
    static func locale(_ provider: String, _ locale: String, rules: String, version: Int) -> String {
        switch provider {
        case "icu":
            " LOCALE_PROVIDER icu ICU_LOCALE \(SQLLiteral.string(locale))"
                + (rules.isEmpty ? "" : " ICU_RULES \(SQLLiteral.string(rules))")
        case "builtin": " LOCALE_PROVIDER builtin BUILTIN_LOCALE \(SQLLiteral.string(locale))"
        default: version >= 150_000 ? " LOCALE_PROVIDER libc" : ""
        }
    }

    /// Whose database it is.
    func owner(of name: String) async throws -> String {
        let row = try await connection.query(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = \(SQLLiteral.string(name))"
        ).first
        guard let owner = row?.first ?? nil else {
            throw PostgresBackupError(.store, "the database \(name) is not there any more")
        }
        return owner
    }

    /// Executes statements in one transaction.
    ///
    /// - Parameter isRehearsal: Whether they are undone: a restore of hours must not end with finding out that they are not allowed.
    /// - Throws: ``PostgresBackupError`` of category `refused` when they are not.
    func run(_ statements: [String], of old: String, isRehearsal: Bool = false) async throws {
        guard !statements.isEmpty else { return }
        do {
            try await connection.query(
                "BEGIN; \(statements.joined(separator: "; ")); \(isRehearsal ? "ROLLBACK" : "COMMIT")")
        } catch {
            // What comes next, dropping the database perhaps, must not find a failed transaction.
            _ = try? await connection.query("ROLLBACK")
            guard let error = error as? PostgresError,
                error.serverMessage?.sqlState == SQLState.insufficientPrivilege
            else { throw error }
            throw PostgresBackupError(
                .refused,
                """
                privileges and settings of the database \(old) cannot be given to its replacement by this role: \(error.message). \
                Nothing was changed; restore as a superuser.
                """)
        }
    }

    /// Executes each statement by itself.
    ///
    /// - Returns: A sentence for each that the server refused.
    func attempt(_ statements: [String]) async throws -> [String] {
        var refusals: [String] = []
        for statement in statements {
            do {
                try await connection.query(statement)
            } catch let error as PostgresError where error.code == .statementFailed {
                refusals.append("\(statement) was refused: \(error.serverMessage?.message ?? error.message)")
            }
        }
        return refusals
    }
}
