// SPDX-License-Identifier: Apache-2.0

import Testing

extension Stage {
    /// Runs the body with a role of its own; roles belong to the whole server, so it is dropped afterwards.
    ///
    /// - Parameter options: What `CREATE ROLE` gets.
    func withRole(_ options: String, _ body: (String) async throws -> Void) async throws {
        let role = "role_\(database)"
        _ = try await query("CREATE ROLE \(role) \(options)")
        do {
            try await body(role)
        } catch {
            try? await dropRole(role)
            throw error
        }
        try await dropRole(role)
    }

    private func dropRole(_ role: String) async throws {
        _ = try await query("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
    }
}

extension Stage {
    /// Runs the body with a role that needs a password on the server `guarded`, and with the password.
    func withGuardedRole(_ body: (_ role: String, _ password: String) async throws -> Void) async throws {
        let password = "hush\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        _ = try await query(
            """
            DO $$ BEGIN CREATE ROLE guarded NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
            """)
        try await withRole("LOGIN SUPERUSER IN ROLE guarded") { role in
            // In a message of its own, so that the log has the first one only.
            let setting = try await tool("psql").run(
                [
                    "-XAtq", "-d", url, "-c", "SET log_statement = none", "-c",
                    "ALTER ROLE \(role) PASSWORD '\(password)'",
                ],
                in: scratch)
            try setting.requireStatus(0)
            try await body(role, password)
        }
    }
}
