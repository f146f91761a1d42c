// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Finds out whether a restore can go to its end, before anything is done: it may take hours.
struct RestorePreflight: Sendable {
    let connection: PostgresConnection
    let details: PostgresDetails
    /// The database whose properties the new one gets; `nil` when there is none.
    let model: String?
    /// The database that is replaced; `nil` when there is none.
    let replaced: String?
    /// What an earlier restore kept and gets another name; `nil` when there is none.
    var displaced: String?

    /// What was found out.
    struct Findings: Sendable {
        /// What belongs to the new database itself.
        var traits = DatabaseTraits()
        /// What people should know.
        var notices: [String] = []
        /// What the restore's own sessions need set otherwise than database or role say.
        var overrides: [String] = []
    }

    private struct Role: Sendable {
        var name: String
        var isSuperuser: Bool
        var mayCreate: Bool
    }

    /// - Throws: ``PostgresBackupError`` of category `refused` when it cannot be done.
    func check() async throws -> Findings {
        let role = try await role()
        guard role.isSuperuser || role.mayCreate else {
            throw PostgresBackupError(
                .refused,
                """
                the role \(role.name) may not create databases, and a restore makes one. Let a superuser say ALTER ROLE \
                \(SQLLiteral.identifier(role.name)) CREATEDB.
                """)
        }
        let roles = Set(try await connection.query("SELECT rolname FROM pg_roles").compactMap(\.[0]))
        let spaces = Set(try await connection.query("SELECT spcname FROM pg_tablespace").compactMap(\.[0]))
        try requireNeeds(roles, spaces)
        if !role.isSuperuser, let needs = details.needs { try await requireMembership(role, in: needs.owners) }
        var findings = Findings()
        if let model {
            findings.traits = try await DatabaseTraits(of: model, connection) ?? DatabaseTraits()
            if let owner = findings.traits.owner, !role.isSuperuser { try await requireMembership(role, in: [owner]) }
        } else {
            (findings.traits, findings.notices) = try await saved(role, roles, spaces)
        }
        if let replaced {
            try await requireSwap(of: [replaced] + [displaced].compactMap(\.self))
            findings.notices += try await replication(of: replaced)
        }
        findings.notices += try await room()
        findings.overrides = try await overrides()
        return findings
    }

    private func role() async throws -> Role {
        let row = try await connection.query(
            "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).first
        return Role(name: (row?[0]) ?? "", isSuperuser: row?[1] == "t", mayCreate: row?[2] == "t")
    }

    private func requireNeeds(_ roles: Set<String>, _ spaces: Set<String>) throws {
        guard let needs = details.needs else { return }
        let missing =
            needs.roles.filter { !roles.contains($0) }.map { "the role \($0)" }
            + needs.tablespaces.filter { !spaces.contains($0) }.map { "the tablespace \($0)" }
        guard !missing.isEmpty else { return }
        let globals = details.globals.map { "Run \($0) of the set first, as RESTORE.md says" } ?? "Create them first"
        throw PostgresBackupError(
            .refused,
            "what is in the dump needs what this server does not have: \(missing.joined(separator: ", ")). \(globals).")
    }

    /// Whoever is no superuser can give objects only to roles that he can become.
    private func requireMembership(_ role: Role, in owners: [String]) async throws {
        let kind = connection.serverVersion >= 160_000 ? "SET" : "MEMBER"
        let list = owners.map(SQLLiteral.string).joined(separator: ", ")
        let foreign = try await connection.query(
            """
            SELECT rolname FROM pg_roles WHERE rolname = ANY (ARRAY[\(list)]::name[])
                AND NOT (pg_has_role(oid, '\(kind)') AND pg_has_role(oid, 'USAGE')) ORDER BY 1
            """
        ).compactMap(\.[0])
        guard !foreign.isEmpty else { return }
        throw PostgresBackupError(
            .refused,
            """
            the role \(role.name) is no member of \(foreign.joined(separator: ", ")), to whom the database or something in it belongs. Let a \
            superuser say GRANT \(foreign.map(SQLLiteral.identifier).joined(separator: ", ")) TO \
            \(SQLLiteral.identifier(role.name)), or restore as a superuser.
            """)
    }

    /// What the set says of a database that is not there, as far as this server can have it.
    private func saved(
        _ role: Role, _ roles: Set<String>, _ spaces: Set<String>
    ) async throws -> (DatabaseTraits, [String]) {
        guard let saved = details.traits else {
            return (
                DatabaseTraits(),
                [
                    "the set does not tell owner, privileges, settings and comment of the database: they are those of a new one"
                ]
            )
        }
        var (traits, notices) = saved.adapted(roles: roles, tablespaces: spaces, restorer: role.name)
        if !details.secretSettings.isEmpty {
            notices.append(
                """
                the settings \(details.secretSettings.joined(separator: ", ")) of the database look like secrets and are in the dump alone: set \
                them again, or restore with pg_restore --create as RESTORE.md says
                """)
        }
        if let owner = traits.owner, !role.isSuperuser {
            do {
                try await requireMembership(role, in: [owner])
            } catch let error as PostgresBackupError {
                traits = traits.owned(by: role.name)
                notices.append("the database will belong to \(role.name): \(error.message)")
            }
        }
        return (traits, notices)
    }

    private func requireSwap(of databases: [String]) async throws {
        let sessions = DatabaseSessions(connection: connection, databases: databases)
        try await sessions.requireNoPrepared()
        try await sessions.requireEndable()
    }

    /// Replication goes by the database itself and not by its name.
    private func replication(of database: String) async throws -> [String] {
        let name = SQLLiteral.string(database)
        var notices: [String] = []
        let subscriptions = try await connection.query(
            """
            SELECT subname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = \(name) AND subenabled ORDER BY 1
            """
        ).compactMap(\.[0])
        if !subscriptions.isEmpty {
            notices.append(
                """
                the subscriptions of the database that is replaced go on in it, and those of the new one are disabled: \
                \(subscriptions.joined(separator: ", ")). Disable them in the old database (ALTER SUBSCRIPTION … DISABLE) before you enable them \
                in the new one
                """)
        }
        let slots = try await connection.query(
            "SELECT slot_name FROM pg_replication_slots WHERE database = \(name) ORDER BY 1"
        ).compactMap(\.[0])
        if !slots.isEmpty {
            notices.append(
                """
                the logical replication slots of the database that is replaced stay with it, and keep WAL: \
                \(slots.joined(separator: ", ")). Whoever reads them needs new ones in the new database
                """)
        }
        return notices
    }

    /// Only on this machine can the server's disk be looked at.
    private func room() async throws -> [String] {
        guard let bytes = details.needs?.bytes, bytes > 0, connection.endpoint.host.hasPrefix("/"),
            let folder = try? await connection.query("SHOW data_directory").first?.first.flatMap(\.self),
            let free = FreeRoom.bytes(at: folder), free < bytes
        else { return [] }
        return [
            "the database took \(bytes / 1_048_576) MiB when it was saved, and the disk of \(folder) has \(free / 1_048_576) MiB of room"
        ]
    }

    /// What cluster and role say, and would be in the way. What the database itself says so it gets when everything is restored.
    private func overrides() async throws -> [String] {
        let isReadOnly =
            try await connection.query(
                "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'"
            ).first?.first == "on"
        return isReadOnly ? ["default_transaction_read_only=off"] : []
    }
}
