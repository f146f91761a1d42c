// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import ThrowawayPostgres

/// Restores of one set into a database of a test.
struct RestoreTrial: Sendable {
    static let set = "backup_20250916_123000"

    let database: TestDatabase
    var user: String?
    var parameters: [String: String] = [:]

    var set: String { Self.set }
    var before: TestDatabase { sibling("before") }
    var undone: TestDatabase { sibling("undone") }
    var replacement: TestDatabase { sibling("restoring") }

    private func sibling(_ role: String) -> TestDatabase {
        TestDatabase(server: database.server, name: "\(database.name)_\(role)_\(set)")
    }

    var target: PostgresRestoreTarget {
        PostgresRestoreTarget(
            database.configuration(user: user, parameters), launcher: TestLauncher(),
            programs: database.server.binaries.folder)
    }

    func open(_ part: StoredPart, into name: String? = nil) async throws -> PostgresRestoreSession {
        try await target.openSession(part, options: RestoreOptions(into: name))
    }

    /// Why no session is opened.
    func refusal(_ part: StoredPart, into name: String? = nil) async -> PostgresBackupError? {
        do {
            await (try await open(part, into: name)).discard()
            return nil
        } catch {
            return error as? PostgresBackupError ?? PostgresBackupError(.store, "not typed: \(error)")
        }
    }

    /// - Returns: What people were told.
    @discardableResult
    func restore(_ part: StoredPart) async throws -> [String] {
        let session = try await open(part)
        let told = Mutex(session.notices)
        do {
            try await session.prepare { event in
                if case .notice(let text) = event { told.withLock { $0.append(text) } }
            }
            _ = try await session.swap { _ in }
        } catch {
            await session.discard()
            throw error
        }
        await session.discard()
        return told.withLock(\.self)
    }

    /// Databases whose names begin like this one's, as a superuser sees them.
    func names() async throws -> [String] {
        let connection = try await PostgresConnection.open(
            PostgresConfiguration(parameters: database.server.connectionParameters(database: "template1")))
        let rows = try await connection.query("SELECT datname FROM pg_database ORDER BY 1")
        await connection.close()
        return rows.compactMap { $0[0] }.filter { $0.hasPrefix(database.name) }
    }

    /// As a superuser, outside of the database.
    func execute(_ sql: String...) async throws {
        for statement in sql { try await TestDatabase.execute(statement, on: database.server) }
    }

    /// Runs a body with a database of its own making, and drops what is left of it and of roles that are named like it.
    static func with(
        _ options: String = "", _ body: @Sendable (RestoreTrial) async throws -> Void
    ) async throws {
        try await TestDatabase.with { owner in
            let trial = RestoreTrial(database: TestDatabase(server: owner.server, name: "\(owner.name)_own"))
            try await trial.execute("CREATE DATABASE \(trial.database.name) \(options)")
            var failure: (any Error)?
            do { try await body(trial) } catch { failure = error }
            for name in try await trial.names() { try await trial.execute("DROP DATABASE \"\(name)\" WITH (FORCE)") }
            let roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE '\(trial.database.name)\\_%' ORDER BY 1"
            for role in try await owner.query(roles) { try await trial.execute("DROP ROLE \"\(role)\"") }
            if let failure { throw failure }
        }
    }
}
