// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

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
        var target = PostgresRestoreTarget(
            database.configuration(user: user, parameters), launcher: TestLauncher(),
            programs: database.server.binaries.folder)
        target.outcomeQuestions = 3600
        return target
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
        // Not template1, which nobody may use while others make databases of it.
        try await TestDatabase(server: database.server, name: "postgres")
            .query("SELECT datname FROM pg_database ORDER BY 1").filter { $0.hasPrefix(database.name) }
    }

    /// Drops all of them.
    func dropAll(isForced: Bool = true) async throws {
        for name in try await names() {
            try await TestDatabase(server: database.server, name: name).drop(isForced: isForced)
        }
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
            try await trial.dropAll()
            let roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE '\(trial.database.name)\\_%' ORDER BY 1"
            for role in try await owner.query(roles) { try await trial.execute("DROP ROLE \"\(role)\"") }
            if let failure { throw failure }
        }
    }
}

extension TestDatabase {
    /// Waits until the server has noticed that a superuser's connections to the database are closed: no other role may end them.
    func waitUntilSuperuserIsGone() async throws {
        let count = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)' AND usename = '\(server.superuser)'
            """
        let own = TestDatabase(server: server, name: "postgres")
        #expect(try await eventually { try await own.query(count) == ["0"] })
    }
}
