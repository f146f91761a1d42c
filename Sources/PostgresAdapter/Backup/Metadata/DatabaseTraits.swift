// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What belongs to a database itself and not to what is in it, beside its encoding and locale.
///
/// In the metadata: `owner`, `tablespace` (where it is not the server's own), `connection_limit`, `privileges` (`privilege`, `role` unless
/// it is PUBLIC, `grantable`; left out where they are those of every new database), `settings` (`name=value`, of everybody),
/// `role_settings` (`role`, `setting`) and `comment`.
struct DatabaseTraits: Hashable, Sendable {
    struct Grant: Hashable, Sendable {
        var privilege: String
        /// `nil`: PUBLIC.
        var role: String?
        var isGrantable = false
    }

    struct Setting: Hashable, Sendable {
        /// `nil`: of every session.
        var role: String?
        /// `name=value`, as the server stores it.
        var text: String

        /// By bytes: what follows may combine with the sign.
        private var sign: String.Index? { text.utf8.firstIndex(of: UInt8(ascii: "=")) }

        var name: Substring { text[..<(sign ?? text.endIndex)] }
        /// As the server stores it; `nil` when there is none.
        var value: String? { sign.map { String(text[text.utf8.index(after: $0)...]) } }

        /// Settings that are lists of names: they are stored as SQL writes them (`variable_is_guc_list_quote` of PostgreSQL).
        private static let lists: Set<String> = [
            "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
            "temp_tablespaces", "unix_socket_directories",
        ]

        /// Settings that would be in the way of a restore, and that nothing which is stored depends on.
        private static let obstacles: Set<String> = [
            "default_transaction_read_only", "default_transaction_isolation", "default_transaction_deferrable",
            "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
            "transaction_timeout", "role", "session_authorization", "default_tablespace", "temp_tablespaces",
            "session_preload_libraries", "local_preload_libraries", "session_replication_role", "temp_file_limit",
            // What programs say is read.
            "lc_messages",
        ]

        /// Whether a database into which something is restored should have it meanwhile: what is in it can depend on it, as a default that
        /// calls `current_setting('app.tenant')`, or a view over amounts of `money`.
        var isForRestoring: Bool { role == nil && !Self.obstacles.contains(name.lowercased()) }

        private static let secretWords = [
            "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "private",
        ]

        /// Whether its value is likely to be nobody else's to know, as that of `app.settings.jwt_secret`.
        var isSecret: Bool {
            let name = name.lowercased()
            // PostgreSQL's own settings have no dot in their names, and hold none.
            guard name.contains(".") else { return false }
            return Self.secretWords.contains { name.contains($0) } || name.hasSuffix("key")
        }

        /// What gives it to a database; `nil` when it is none.
        func statement(for database: String) -> String? {
            guard let stored = value else { return nil }
            let database = SQLLiteral.identifier(database)
            let value: String
            if Self.lists.contains(name.lowercased()), !stored.isEmpty {
                guard let names = SettingList(stored)?.names else { return nil }
                value = names.map(SQLLiteral.string).joined(separator: ", ")
            } else {
                value = SQLLiteral.string(stored)
            }
            let subject =
                role.map { "ROLE \(SQLLiteral.identifier($0)) IN DATABASE \(database)" } ?? "DATABASE \(database)"
            let parts = name.split(separator: ".").map { SQLLiteral.identifier(String($0)) }
            return "ALTER \(subject) SET \(parts.joined(separator: ".")) TO \(value)"
        }
    }

    var owner: String?
    var tablespace: String?
    var connectionLimit = -1
    /// `nil`: those that every new database has.
    var grants: [Grant]?
    var settings: [Setting] = []
    var comment: String?

    /// Every role that they name.
    var roles: Set<String> {
        Set([owner].compactMap(\.self) + (grants ?? []).compactMap(\.role) + settings.compactMap(\.role))
    }

    /// What gives a database the settings.
    func settingStatements(for name: String) -> [String] {
        settings.compactMap { $0.statement(for: name) }
    }

    /// What is in force while a database is restored, and what would be in the way then.
    func settingStatements(for name: String, whileRestoring: Bool) -> [String] {
        settings.filter { $0.isForRestoring == whileRestoring }.compactMap { $0.statement(for: name) }
    }

    /// What gives a database the privileges and the comment.
    ///
    /// - Parameter owner: Whose database it is.
    func otherStatements(for name: String, owner: String) -> [String] {
        let database = SQLLiteral.identifier(name)
        var statements: [String] = []
        if let grants {
            statements += ["PUBLIC", SQLLiteral.identifier(owner)].map {
                "REVOKE ALL ON DATABASE \(database) FROM \($0)"
            }
            statements += grants.map { grant in
                "GRANT \(grant.privilege) ON DATABASE \(database) TO \(grant.role.map(SQLLiteral.identifier) ?? "PUBLIC")"
                    + (grant.isGrantable ? " WITH GRANT OPTION" : "")
            }
        }
        if let comment { statements.append("COMMENT ON DATABASE \(database) IS \(SQLLiteral.string(comment))") }
        return statements
    }

    /// The limit of connections, last of all: it holds for whoever restores, too.
    func limitStatements(for name: String) -> [String] {
        connectionLimit < 0
            ? [] : ["ALTER DATABASE \(SQLLiteral.identifier(name)) CONNECTION LIMIT \(connectionLimit)"]
    }

    /// The same with another owner, who has the former one's privileges.
    func owned(by role: String) -> DatabaseTraits {
        var copy = self
        // Who makes a database owns it.
        copy.owner = nil
        copy.grants = grants?.map { grant in
            var grant = grant
            if let owner, grant.role == owner { grant.role = role }
            return grant
        }
        return copy
    }

    /// What of it can be had on a server with these roles and tablespaces, and a sentence for everything that cannot.
    ///
    /// - Parameter restorer: Who owns the database where its former owner is not there.
    func adapted(
        roles there: Set<String>, tablespaces: Set<String>, restorer: String
    ) -> (traits: DatabaseTraits, notices: [String]) {
        var copy = self
        var notices: [String] = []
        if let owner, !there.contains(owner) {
            copy = owned(by: restorer)
            notices.append("the role \(owner), which owned the database, is not here: it will belong to \(restorer)")
        }
        if let tablespace, !tablespaces.contains(tablespace) {
            copy.tablespace = nil
            notices.append("the tablespace \(tablespace) of the database is not here: it comes into the server's own")
        }
        let missing = copy.roles.subtracting(there)
        copy.grants = copy.grants?.filter { $0.role.map(there.contains) ?? true }
        copy.settings = settings.filter { $0.role.map(there.contains) ?? true }
        for role in missing.sorted() {
            notices.append(
                "the role \(role) is not here: its privileges on the database and its settings in it are left out")
        }
        return (copy, notices)
    }
}

extension DatabaseTraits {
    /// For the metadata of a set, which everybody may see who may see the set's folder.
    var withoutSecrets: DatabaseTraits {
        var copy = self
        copy.settings.removeAll(where: \.isSecret)
        return copy
    }

    var values: [String: BackupValue] {
        var values: [String: BackupValue] = [
            "connection_limit": .integer(Int64(connectionLimit)),
            "settings": .array(settings.filter { $0.role == nil }.map { .string($0.text) }),
            "role_settings": .array(
                settings.compactMap { setting in
                    setting.role.map { .object(["role": .string($0), "setting": .string(setting.text)]) }
                }),
        ]
        if let owner { values["owner"] = .string(owner) }
        if let tablespace { values["tablespace"] = .string(tablespace) }
        if let comment { values["comment"] = .string(comment) }
        if let grants {
            values["privileges"] = .array(
                grants.map { grant in
                    var value: [String: BackupValue] = [
                        "privilege": .string(grant.privilege), "grantable": .bool(grant.isGrantable),
                    ]
                    if let role = grant.role { value["role"] = .string(role) }
                    return .object(value)
                })
        }
        return values
    }

    /// Reads what ``values`` wrote; `nil` where a set of an earlier version has none of it.
    init?(_ values: [String: BackupValue]) {
        guard let owner = values["owner"]?.stringValue else { return nil }
        self.init()
        self.owner = owner
        tablespace = values["tablespace"]?.stringValue
        connectionLimit = values["connection_limit"]?.integerValue.map(Int.init) ?? -1
        comment = values["comment"]?.stringValue
        let everybody = values["settings"]?.arrayValue?.compactMap(\.stringValue) ?? []
        settings = everybody.map { Setting(text: $0) }
        settings += (values["role_settings"]?.arrayValue ?? []).compactMap { value in
            guard let role = value["role"]?.stringValue, let text = value["setting"]?.stringValue else { return nil }
            return Setting(role: role, text: text)
        }
        grants = values["privileges"]?.arrayValue?.compactMap { value in
            // It becomes part of a statement, and metadata can be edited.
            guard let privilege = value["privilege"]?.stringValue, privilege.allSatisfy(\.isLetter) else { return nil }
            return Grant(
                privilege: privilege, role: value["role"]?.stringValue,
                isGrantable: value["grantable"]?.boolValue ?? false)
        }
    }
}

extension DatabaseTraits {
    /// Asks a server; `nil` when it has no such database.
    init?(of database: String, _ connection: PostgresConnection) async throws {
        let name = SQLLiteral.string(database)
        let row = try await connection.query(
            """
            SELECT pg_get_userbyid(datdba), (SELECT spcname FROM pg_tablespace t WHERE t.oid = dattablespace
                AND t.oid <> (SELECT dattablespace FROM pg_database WHERE datname = 'template0')),
                datconnlimit, datacl IS NOT NULL, shobj_description(oid, 'pg_database')
            FROM pg_database WHERE datname = \(name)
            """
        ).first
        guard let row else { return nil }
        self.init()
        (owner, tablespace, comment) = (row[0], row[1], row[4])
        // -2 is what an interrupted DROP DATABASE leaves.
        connectionLimit = max(row[2].flatMap { Int($0) } ?? -1, -1)
        if row[3] == "t" {
            grants = try await connection.query(
                """
                SELECT privilege_type, CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, is_grantable
                FROM pg_database, aclexplode(datacl) WHERE datname = \(name)
                """
            ).map { Grant(privilege: $0[0] ?? "", role: $0[1], isGrantable: $0[2] == "t") }
        }
        settings = try await connection.query(
            """
            SELECT CASE setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(setrole) END, unnest(setconfig)
            FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = \(name) ORDER BY 1 NULLS FIRST
            """
        ).compactMap { row in row[1].map { Setting(role: row[0], text: $0) } }
    }
}
